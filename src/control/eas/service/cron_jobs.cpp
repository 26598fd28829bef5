#include "control/eas/service/cron_jobs.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/eas/service/cron.h"
#include "control/eas/service/mutations.h"

namespace atelier::control {

namespace {

/// From here on a time that lies ahead is of a wall clock that was ahead.
constexpr Duration kSetBack = std::chrono::hours(1);

/// nullopt: never, or a record that another version of this server wrote.
std::optional<WallTime> NextOf(const model::CronJob& job, WallTime now) {
  const auto schedule = CronExpression::Parse(job.schedule);
  const auto zone = TimeZone::Find(job.time_zone);
  if (!schedule || !zone) return std::nullopt;
  const WallTime last = job.ran.value_or(job.created);
  return NextRun(*schedule, *zone, last - now > kSetBack ? now : last);
}

bool Excluded(const model::CronScaler& scaler, const model::CronJob& job, WallTime due) {
  const auto zone = TimeZone::Find(job.time_zone);
  return zone && std::ranges::any_of(scaler.exclude, [&](const std::string& text) {
           const auto times = CronExpression::Parse(text);
           return times && times->Matches(zone->At(due));
         });
}

/// For events: which job it was, and when.
std::string DueText(const model::CronJob& job, WallTime due) {
  return fmt::format("job {} ({}, {}) was due at {}", job.name, job.schedule,
                     job.time_zone.empty() ? "UTC" : job.time_zone, FormatSeconds(due));
}

}  // namespace

std::vector<CronRun> CronTimes::Due(const model::Service& service, model::Revision revision,
                                    WallTime now) {
  const model::CronScaler& scaler = *service.cronscaler;
  Times& times = times_[service.id];
  if (times.revision != revision || times.at - now > kSetBack) {
    times.revision = revision;
    times.at = now;
    times.next.clear();
    for (const model::CronJob& job : scaler.jobs) times.next.push_back(NextOf(job, now));
  }
  std::vector<CronRun> due;
  for (std::size_t i = 0; i < times.next.size(); ++i) {
    if (!times.next[i] || *times.next[i] > now) continue;
    due.push_back({.job = i,
                   .due = *times.next[i],
                   .excluded = Excluded(scaler, scaler.jobs[i], *times.next[i])});
  }
  std::ranges::sort(due, {}, [](const CronRun& run) { return std::pair(run.due, run.job); });
  return due;
}

WallTime CronTimes::Next(const directory::ServiceDirectory& directory, WallTime now) {
  std::erase_if(times_, [&](const auto& entry) {
    const auto service = directory.FindById(entry.first);
    return service == nullptr || !service->cronscaler;
  });
  WallTime earliest = now + std::chrono::days(1);
  for (const auto& [id, times] : times_) {
    for (const auto& next : times.next) {
      if (next && *next > now) earliest = std::min(earliest, *next);
    }
  }
  return earliest;
}

void ApplyJob(ServiceDraft& draft, const CronRun& run) {
  model::CronJob job = draft.service().cronscaler->jobs[run.job];
  job.ran = draft.now();
  job.state = model::CronState::Succeed;
  const std::int64_t before = draft.service().replicas;
  const std::string due = DueText(job, run.due);
  const auto report_unchanged = [&](bool warning, std::string_view why) {
    draft.AddEvent(warning, "CronScaling",
                   fmt::format("It stays at {} instances, {} were asked for: {}{}.", before,
                               job.target, due, why));
  };
  if (run.excluded) {
    job.message = "Left out: its time is among ExcludeDates.";
    report_unchanged(false, ", which is among ExcludeDates");
  } else if (draft.service().desired != model::Desired::Running ||
             !model::Accepts(draft.service().status, model::ServiceTrigger::kScale)) {
    job.state = model::CronState::Failed;
    job.message = fmt::format("The service is {}.", EnumName(draft.service().status));
    report_unchanged(true,
                     fmt::format(", and the service is {}", EnumName(draft.service().status)));
  } else {
    job.message = fmt::format("From {} to {} instances.", before, job.target);
    if (before == job.target)
      report_unchanged(false, "");
    else
      ApplyScale(draft, job.target, {}, {"CronScaling", due});
  }
  draft.Edit().cronscaler->jobs[run.job] = std::move(job);
}

}  // namespace atelier::control
