#include "control/eas/service/scaler_mutations.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "control/eas/service/cron.h"
#include "control/eas/service/mutations.h"

namespace atelier::control {

namespace {

constexpr std::size_t kMaxJobs = 100;
constexpr std::size_t kMaxName = 128;

Error NoAutoScaler(std::string_view name) {
  return {Code::kNotFound, fmt::format("Service {} has no autoscaler.", name), "UnknownAutoScaler"};
}

Error NoCronScaler(std::string_view name) {
  return {Code::kNotFound, fmt::format("Service {} has no cron scaler.", name),
          "UnknownCronScaler"};
}

/// Unavailable: this host cannot tell. What is wrong with the job goes to `problems`.
Status CheckJob(const model::CronJob& job, const std::string& path, WallTime now,
                Problems& problems) {
  if (job.name.empty() || job.name.size() > kMaxName)
    problems.Add(path + ".Name", fmt::format("must have 1 to {} characters", kMaxName));
  if (job.target < 0 || job.target > model::kMaxReplicas)
    problems.Add(path + ".TargetSize", fmt::format("must be from 0 to {}", model::kMaxReplicas));
  const auto schedule = CronExpression::Parse(job.schedule);
  const auto zone = TimeZone::Find(job.time_zone);
  if (!schedule)
    problems.Add(path + ".Schedule", "cannot be understood: " + schedule.error().message());
  if (!zone && zone.error().code() != Code::kInvalidArgument) return zone.error();
  if (!zone) problems.Add(path + ".TimeZone", "is unknown: " + zone.error().message());
  if (schedule && zone && !NextRun(*schedule, *zone, now))
    problems.Add(path + ".Schedule", "names a time that never comes");
  return Ok();
}

Status Check(const model::CronScaler& scaler, WallTime now) {
  Problems problems;
  if (scaler.jobs.empty() || scaler.jobs.size() > kMaxJobs)
    problems.Add("ScaleJobs", fmt::format("must have 1 to {} members", kMaxJobs));
  if (scaler.exclude.size() > kMaxJobs)
    problems.Add("ExcludeDates", fmt::format("must have at most {} members", kMaxJobs));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < scaler.jobs.size() && i < kMaxJobs; ++i) {
    const std::string path = fmt::format("ScaleJobs[{}]", i);
    ATELIER_RETURN_IF_ERROR(CheckJob(scaler.jobs[i], path, now, problems));
    if (!names.insert(scaler.jobs[i].name).second) problems.Add(path + ".Name", "is there twice");
  }
  for (std::size_t i = 0; i < scaler.exclude.size() && i < kMaxJobs; ++i) {
    const auto times = CronExpression::Parse(scaler.exclude[i]);
    if (!times) {
      problems.Add(fmt::format("ExcludeDates[{}]", i),
                   "cannot be understood: " + times.error().message());
    }
  }
  if (problems.empty()) return Ok();
  return Error(Code::kInvalidArgument, problems.Join());
}

bool Same(const model::CronJob& a, const model::CronJob& b) {
  return a.name == b.name && a.schedule == b.schedule && a.time_zone == b.time_zone &&
         a.target == b.target;
}

}  // namespace

Status PutAutoScaler(ServiceDraft& draft, const model::AutoScaler& rule, bool create) {
  const model::Service& present = draft.service();
  ATELIER_RETURN_IF_ERROR(Unlocked(present, false));
  ATELIER_RETURN_IF_ERROR(model::CheckAutoScaler(rule));
  if (create && present.autoscaler) {
    return Error(Code::kAlreadyExists,
                 fmt::format("Service {} has an autoscaler already.", present.name),
                 "AutoScalerExists");
  }
  if (!create && !present.autoscaler) return NoAutoScaler(present.name);
  draft.Edit().autoscaler = rule;
  draft.AddEvent(false, "AutoScaler",
                 fmt::format("From {} to {} instances, as the load asks.", rule.min, rule.max));
  return Ok();
}

Status DropAutoScaler(ServiceDraft& draft) {
  ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
  if (!draft.service().autoscaler) return NoAutoScaler(draft.service().name);
  draft.Edit().autoscaler.reset();
  draft.AddEvent(false, "AutoScaler", "The number of instances does not follow the load any more.");
  // At zero it was the scaler who would have brought one: nothing else would.
  const model::Service& present = draft.service();
  if (present.replicas == 0 && present.desired == model::Desired::Running &&
      model::Accepts(present.status, model::ServiceTrigger::kScale)) {
    ApplyScale(draft, 1, {}, {"Scaling", "without its autoscaler nothing would bring one"});
  }
  return Ok();
}

Status PutCronScaler(ServiceDraft& draft, const model::CronScaler& scaler, bool create) {
  const model::Service& present = draft.service();
  ATELIER_RETURN_IF_ERROR(Unlocked(present, false));
  ATELIER_RETURN_IF_ERROR(Check(scaler, draft.now()));
  if (create && present.cronscaler) {
    return Error(Code::kAlreadyExists,
                 fmt::format("Service {} has a cron scaler already.", present.name),
                 "CronScalerExists");
  }
  if (!create && !present.cronscaler) return NoCronScaler(present.name);
  model::CronScaler next{.exclude = scaler.exclude, .jobs = {}};
  for (const model::CronJob& job : scaler.jobs) {
    model::CronJob fresh;
    fresh.name = job.name;
    fresh.schedule = job.schedule;
    fresh.time_zone = job.time_zone;
    fresh.target = job.target;
    fresh.created = draft.now();
    if (present.cronscaler) {
      const auto old =
          std::ranges::find_if(present.cronscaler->jobs,
                               [&](const model::CronJob& before) { return Same(before, job); });
      if (old != present.cronscaler->jobs.end()) fresh = *old;
    }
    next.jobs.push_back(std::move(fresh));
  }
  draft.Edit().cronscaler = std::move(next);
  draft.AddEvent(false, "CronScaler",
                 fmt::format("{} jobs set the number of instances.", scaler.jobs.size()));
  return Ok();
}

Status DropCronScaler(ServiceDraft& draft) {
  ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
  if (!draft.service().cronscaler) return NoCronScaler(draft.service().name);
  draft.Edit().cronscaler.reset();
  draft.AddEvent(false, "CronScaler", "No job sets the number of instances any more.");
  return Ok();
}

}  // namespace atelier::control
