// `atelier service autoscale set` and `atelier service cron set`: create a rule or change the one
// that is there.
#include <utility>

#include <fmt/format.h>

#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/command/service.h"

namespace atelier::cli {

namespace {

struct Rule {
  std::string_view look;
  std::string_view create;
  std::string_view update;
  std::string_view rest;  // of the path
};

Task<Status> PutRule(CommandContext& context, std::string name, Rule rule, std::string body) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOfService(context, name));
  const std::string path = PathOf(PathOf("/api/v2/services", region), name, rule.rest);
  const auto present =
      co_await context.api.Send({.action = rule.look, .version = kEasVersion, .path = path});
  if (!present && present.error().code() != Code::kNotFound) co_return present.error();
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = present ? rule.update : rule.create,
                                            .version = kEasVersion,
                                            .method = present ? "PUT" : "POST",
                                            .path = path,
                                            .body = std::move(body)}));
  context.PrintLine(answer, name);
  co_return Ok();
}

/// CRON=INSTANCES.
Result<json::object> JobOf(std::string_view text, std::string_view time_zone) {
  const std::size_t equals = text.rfind('=');
  const auto size = equals == std::string_view::npos
                        ? Result<json::value>(Error(Code::kInvalidArgument, ""))
                        : ParseJson(text.substr(equals + 1));
  if (!size || !size->is_int64()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("--job {} must have the form 'CRON=INSTANCES', for example "
                             "'0 0 9 * * *=4'.",
                             text));
  }
  json::object job{{"Schedule", text.substr(0, equals)}, {"TargetSize", *size}};
  if (!time_zone.empty()) job["TimeZone"] = time_zone;
  return job;
}

}  // namespace

Task<Status> SetAutoscale(CommandContext& context, AutoscaleOptions options) {
  std::string body;
  if (!options.file.empty()) {
    ATELIER_CO_TRY(JsonFile file, ReadJson(options.file));
    body = std::move(file.text);
  } else if (options.max > 0 && options.threshold > 0) {
    body = json::serialize(json::object{
        {"min", options.min},
        {"max", options.max},
        {"scaleStrategies", json::array{json::object{{"metricName", options.metric},
                                                     {"threshold", options.threshold}}}}});
  } else {
    co_return Error(Code::kInvalidArgument, "Give --max and --threshold, or the rule with --file.");
  }
  co_return co_await PutRule(context, options.name,
                             {.look = "DescribeServiceAutoScaler",
                              .create = "CreateServiceAutoScaler",
                              .update = "UpdateServiceAutoScaler",
                              .rest = "/autoscaler"},
                             std::move(body));
}

Task<Status> SetCron(CommandContext& context, CronOptions options) {
  std::string body;
  if (!options.file.empty()) {
    ATELIER_CO_TRY(JsonFile file, ReadJson(options.file));
    body = std::move(file.text);
  } else if (!options.jobs.empty()) {
    json::array jobs;
    for (const std::string& text : options.jobs) {
      ATELIER_CO_TRY(json::object job, JobOf(text, options.time_zone));
      jobs.push_back(std::move(job));
    }
    body = json::serialize(json::object{{"ScaleJobs", std::move(jobs)}});
  } else {
    co_return Error(Code::kInvalidArgument, "Give --job, or the rule with --file.");
  }
  co_return co_await PutRule(context, options.name,
                             {.look = "DescribeServiceCronScaler",
                              .create = "CreateServiceCronScaler",
                              .update = "UpdateServiceCronScaler",
                              .rest = "/cronscaler"},
                             std::move(body));
}

}  // namespace atelier::cli
