// What changes the number of instances by itself.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/ascii.h"
#include "base/empty_json.h"
#include "control/eas/service_scaler.h"
#include "control/eas/services.h"

namespace atelier::api {

namespace {

constexpr std::string_view kInConfig = "autoscaler";

/// The documents write the names of metrics in lower case in requests and in upper case in answers.
std::optional<model::ScaleMetric> ParseMetric(std::string_view name) {
  return ParseEnum<model::ScaleMetric>(ToLower(name));
}

}  // namespace

Result<model::AutoScaler> ReadAutoScaler(const json::value& value, std::string_view service,
                                         std::string_view path) {
  wire::ServiceAutoScalerRequest request;
  Problems problems;
  DecodeJson(value, request, std::string(path), Missing::kProblem, problems);
  if (!problems.empty()) return Invalid(problems);
  model::AutoScaler rule;
  rule.min = request.min;
  rule.max = request.max;
  for (std::size_t i = 0; i < request.scaleStrategies.size(); ++i) {
    const wire::ScaleStrategy& strategy = request.scaleStrategies[i];
    const auto metric = ParseMetric(strategy.metricName);
    if (!metric) {
      return Invalid(fmt::format("scaleStrategies[{}].metricName must be one of {}.", i,
                                 EnumNames<model::ScaleMetric>()));
    }
    if (!strategy.service.value_or("").empty() && *strategy.service != service) {
      return Error(Code::kUnimplemented,
                   fmt::format("scaleStrategies[{}].service: metrics of other services are not "
                               "supported by this server yet.",
                               i));
    }
    rule.strategies.push_back({.metric = *metric, .threshold = strategy.threshold.value});
  }
  const wire::ScaleBehavior behavior = request.behavior.value_or(wire::ScaleBehavior());
  if (behavior.scaleUp)
    rule.up_window = behavior.scaleUp->stabilizationWindowSeconds.value_or(rule.up_window);
  if (behavior.scaleDown)
    rule.down_window = behavior.scaleDown->stabilizationWindowSeconds.value_or(rule.down_window);
  if (behavior.onZero) {
    rule.zero_grace = behavior.onZero->scaleDownGracePeriodSeconds.value_or(rule.zero_grace);
    rule.activation = behavior.onZero->scaleUpActivationReplicas.value_or(rule.activation);
  }
  return rule;
}

std::optional<json::value> TakeAutoScaler(json::object& config) {
  const auto found = config.find(kInConfig);
  if (found == config.end()) return std::nullopt;
  json::value taken = std::move(found->value());
  config.erase(found);
  if (IsEmptyJson(taken)) return std::nullopt;
  return taken;
}

Result<std::optional<model::AutoScaler>> ReadTaken(const std::optional<json::value>& taken,
                                                   std::string_view service) {
  if (!taken) return std::optional<model::AutoScaler>();
  ATELIER_TRY(auto read, ReadAutoScaler(*taken, service, kInConfig));
  return std::optional(std::move(read));
}

namespace {

template <bool kCreate>
Answered<wire::MessageAnswer> PutAutoScaler(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const json::value body, ParseJson(context.body));
  ATELIER_CO_TRY(auto rule, ReadAutoScaler(body, service->name, ""));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.SetAutoScaler(
      service->name, std::move(rule), kCreate, context.actor()));
  co_return MessageAnswer(context, fmt::format("The autoscaler of {} is set.", service->name));
}

Answered<wire::ServiceAutoScalerAnswer> DescribeServiceAutoScaler(Context& context,
                                                                  Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  if (!service->autoscaler) {
    co_return Error(Code::kNotFound, fmt::format("Service {} has no autoscaler.", service->name),
                    "UnknownAutoScaler");
  }
  const model::AutoScaler& rule = *service->autoscaler;
  wire::ServiceAutoScalerAnswer answer;
  answer.Behavior = {.onZero = wire::ScaleOnZero{.scaleDownGracePeriodSeconds = rule.zero_grace,
                                                 .scaleUpActivationReplicas = rule.activation},
                     .scaleDown = wire::ScaleWindow{rule.down_window},
                     .scaleUp = wire::ScaleWindow{rule.up_window}};
  for (const auto& measured : context.eas.scaler.MeasuredOf(service->id)) {
    answer.CurrentMetrics.push_back({.metricName = EnumName(measured.metric),
                                     .service = service->name,
                                     .value = {measured.average}});
  }
  answer.MaxReplica = rule.max;
  answer.MinReplica = rule.min;
  for (const model::ScaleStrategy& strategy : rule.strategies) {
    answer.ScaleStrategies.push_back({.metricName = std::string(EnumName(strategy.metric)),
                                      .service = service->name,
                                      .threshold = {strategy.threshold}});
  }
  answer.ServiceName = service->name;
  co_return Answer(context, answer);
}

Answered<wire::MessageAnswer> DeleteServiceAutoScaler(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.DeleteAutoScaler(service->name, context.actor()));
  co_return MessageAnswer(context, fmt::format("The autoscaler of {} is gone.", service->name));
}

template <bool kCreate>
Answered<wire::MessageAnswer> PutCronScaler(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(auto request, FromJson<wire::ServiceCronScalerRequest>(context.body));
  model::CronScaler scaler;
  scaler.exclude = std::move(request.ExcludeDates).value_or(std::vector<std::string>());
  for (wire::ScaleJobRequest& asked : request.ScaleJobs) {
    model::CronJob job;
    job.name = asked.Name.value_or(fmt::format("scale-job-{}", scaler.jobs.size() + 1));
    job.schedule = std::move(asked.Schedule);
    job.time_zone = std::move(asked.TimeZone).value_or("");
    job.target = asked.TargetSize;
    scaler.jobs.push_back(std::move(job));
  }
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.SetCronScaler(
      service->name, std::move(scaler), kCreate, context.actor()));
  co_return MessageAnswer(context, fmt::format("The cron scaler of {} is set.", service->name));
}

Answered<wire::ServiceCronScalerAnswer> DescribeServiceCronScaler(Context& context,
                                                                  Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  if (!service->cronscaler) {
    co_return Error(Code::kNotFound, fmt::format("Service {} has no cron scaler.", service->name),
                    "UnknownCronScaler");
  }
  wire::ServiceCronScalerAnswer answer;
  answer.ExcludeDates = service->cronscaler->exclude;
  for (const model::CronJob& job : service->cronscaler->jobs) {
    answer.ScaleJobs.push_back(
        {.CreateTime = FormatSeconds(job.created),
         .LastProbeTime = job.ran ? std::optional(FormatSeconds(*job.ran)) : std::nullopt,
         .Message = job.message,
         .Name = job.name,
         .Schedule = job.schedule,
         .State = EnumName(job.state),
         .TargetSize = job.target,
         .TimeZone = job.time_zone.empty() ? std::nullopt : std::optional(job.time_zone)});
  }
  answer.ServiceName = service->name;
  co_return Answer(context, answer);
}

Answered<wire::MessageAnswer> DeleteServiceCronScaler(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.DeleteCronScaler(service->name, context.actor()));
  co_return MessageAnswer(context, fmt::format("The cron scaler of {} is gone.", service->name));
}

constexpr std::string_view kAutoScaler = "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler";
constexpr std::string_view kCronScaler = "/api/v2/services/{ClusterId}/{ServiceName}/cronscaler";
}  // namespace

std::span<const Operation> ServiceScalerOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<PutAutoScaler<true>>(kEasApi, "CreateServiceAutoScaler", "POST", kAutoScaler,
                               "Lets the number of instances follow the load.",
                               BodySchema<wire::ServiceAutoScalerRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<DescribeServiceAutoScaler>(kEasApi, "DescribeServiceAutoScaler", "GET", kAutoScaler,
                                     "The rule, and what was measured last.")
          .Passes(&PassService, identity::Access::kRead),
      Row<PutAutoScaler<false>>(kEasApi, "UpdateServiceAutoScaler", "PUT", kAutoScaler,
                                "Replaces the rule.", BodySchema<wire::ServiceAutoScalerRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<DeleteServiceAutoScaler>(
          kEasApi, "DeleteServiceAutoScaler", "DELETE", kAutoScaler,
          "Leaves the number of instances as it is from now on, one at least.")
          .Passes(&PassService, identity::Access::kWrite),
      Row<PutCronScaler<true>>(kEasApi, "CreateServiceCronScaler", "POST", kCronScaler,
                               "Sets the number of instances at certain times.",
                               BodySchema<wire::ServiceCronScalerRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<DescribeServiceCronScaler>(kEasApi, "DescribeServiceCronScaler", "GET", kCronScaler,
                                     "The jobs, and what became of them.")
          .Passes(&PassService, identity::Access::kRead),
      Row<PutCronScaler<false>>(kEasApi, "UpdateServiceCronScaler", "PUT", kCronScaler,
                                "Replaces the jobs.", BodySchema<wire::ServiceCronScalerRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<DeleteServiceCronScaler>(kEasApi, "DeleteServiceCronScaler", "DELETE", kCronScaler,
                                   "Ends the jobs.")
          .Passes(&PassService, identity::Access::kWrite),
  });
  return kRows;
}

}  // namespace atelier::api
