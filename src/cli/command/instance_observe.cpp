#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/instance.h"
#include "cli/command/names.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kInstances = "/api/v2/instances";

}  // namespace

Task<Status> ShowEvents(CommandContext& context, std::string id, int limit) {
  ATELIER_CO_TRY(id, co_await InstanceIdOf(context, id));
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "GetInstanceEvents",
                                            .version = kDswVersion,
                                            .path = PathOf(kInstances, id, "/events"),
                                            .query = {{"MaxEventsNum", std::to_string(limit)}}}));
  Table table{.header = {"EVENT"}, .rows = {}};
  for (const json::value& event : Array(answer, "Events")) {
    if (const json::string* line = event.if_string())
      table.rows.push_back({std::string(line->data(), line->size())});
  }
  context.Print(answer, table);
  co_return Ok();
}

namespace {

struct Metric {
  std::string_view name;
  bool is_rate;  // bytes a second; else percent of what the instance may use
};
constexpr auto kMetrics = std::to_array<Metric>({{"CpuCoreUsage", false},
                                                 {"MemoryUsage", false},
                                                 {"GpuCoreUsage", false},
                                                 {"GpuMemoryUsage", false},
                                                 {"NetworkInputRate", true},
                                                 {"NetworkOutputRate", true},
                                                 {"DiskReadRate", true},
                                                 {"DiskWriteRate", true}});

std::string ShowNumber(const Metric& metric, const json::object& sample, std::string_view member) {
  const json::value* value = sample.if_contains(member);
  if (value == nullptr || !value->is_number()) return "";
  const auto number = value->to_number<double>();
  if (!metric.is_rate) return fmt::format("{:.1f} %", number);
  constexpr double kStep = 1024;
  constexpr auto kUnits = std::to_array<std::string_view>({"B/s", "KiB/s", "MiB/s", "GiB/s"});
  double shown = number;
  std::size_t unit = 0;
  for (; shown >= kStep && unit + 1 < kUnits.size(); ++unit) shown /= kStep;
  return fmt::format("{:.1f} {}", shown, kUnits[unit]);
}

std::string ShowTime(const json::object& sample) {
  return FormatSeconds(WallTime(std::chrono::seconds(Integer(sample, "Time"))));
}

Result<Metric> MetricOf(std::string_view type) {
  const auto found = std::ranges::find(kMetrics, type, &Metric::name);
  if (found != kMetrics.end()) return *found;
  std::string names;
  for (const Metric& metric : kMetrics)
    names += (names.empty() ? "" : ", ") + std::string(metric.name);
  return Error(Code::kInvalidArgument,
               fmt::format("There is no metric {}. There are: {}.", type, names));
}

/// Rows of a period each. The answer holds them as a text.
Task<Status> ShowCourse(CommandContext& context, MetricsOptions options) {
  ATELIER_CO_TRY(const Metric metric, MetricOf(options.type));
  ATELIER_CO_TRY(const std::string since, SinceTime(context, options.since));
  const json::array dimensions{json::object{{"instanceId", options.id}}};
  Table table{.header = {"TIME", "AVERAGE", "LEAST", "MOST"}, .rows = {}};
  json::array all;
  const auto take = [&](const json::object& page) {
    const auto points = ParseJson(TextOf(page, "Datapoints"));
    if (!points || !points->is_array()) return;
    for (const json::value& item : points->get_array()) {
      const json::object& point = AsObject(item);
      table.rows.push_back({FormatSeconds(WallTime(Duration(Integer(point, "timestamp")))),
                            ShowNumber(metric, point, "Average"),
                            ShowNumber(metric, point, "Minimum"),
                            ShowNumber(metric, point, "Maximum")});
      all.push_back(item);
    }
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await EachPage(
      context.api,
      {.call = {.action = "GetMetrics",
                .version = kDswVersion,
                .path = PathOf("/api/v2/instance", options.id, "/cms/metrics"),
                .query = {{"MetricName", options.type},
                          {"Namespace", "acs_pai_dsw"},
                          {"Dimensions", json::serialize(dimensions)},
                          {"StartTime", since},
                          {"Period", options.period == 0 ? "" : std::to_string(options.period)}}},
       .list = "",
       .pages = {.size = "Length",
                 .most = 1440,
                 .next = "NextToken",
                 .by = NextPage::kMark,
                 .mark = "NextToken"}},
      take));
  context.Print(json::object{{"Datapoints", std::move(all)}}, table);
  co_return Ok();
}

}  // namespace

Task<Status> ShowMetrics(CommandContext& context, MetricsOptions options) {
  const bool course = !options.since.empty() || options.period != 0;
  if (course && options.type.empty())
    co_return Error(Code::kInvalidArgument, "--since and --period need --type.");
  ATELIER_CO_TRY(options.id, co_await InstanceIdOf(context, options.id));
  if (course) co_return co_await ShowCourse(context, std::move(options));
  const bool latest_of_all = options.type.empty();
  std::vector<Metric> metrics(kMetrics.begin(), kMetrics.end());
  if (!latest_of_all) {
    ATELIER_CO_TRY(const Metric metric, MetricOf(options.type));
    metrics = {metric};
  }
  Table table{.header = {"METRIC", "TIME", "VALUE"}, .rows = {}};
  json::object answers;
  for (const Metric& metric : metrics) {
    ATELIER_CO_TRY(
        json::object answer,
        co_await context.api.Send({.action = "GetInstanceMetrics",
                                   .version = kDswVersion,
                                   .path = PathOf("/api/v2/instance", options.id, "/metrics"),
                                   .query = {{"MetricType", std::string(metric.name)}}}));
    for (const json::value& pod : Array(answer, "PodMetrics")) {
      const json::array& samples = Array(AsObject(pod), "Metrics");
      const std::size_t first = latest_of_all && !samples.empty() ? samples.size() - 1 : 0;
      for (std::size_t i = first; i < samples.size(); ++i) {
        const json::object& sample = AsObject(samples[i]);
        table.rows.push_back(
            {std::string(metric.name), ShowTime(sample), ShowNumber(metric, sample, "Value")});
      }
    }
    answers[metric.name] = std::move(answer);
  }
  context.Print(latest_of_all ? json::value(answers) : answers.begin()->value(), table);
  co_return Ok();
}

namespace {

/// Every page.
Task<Result<json::array>> FetchLogs(CommandContext& context, std::string id, std::string since) {
  json::array all;
  std::string offset = "0";
  while (!offset.empty()) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await context.api.Send({.action = "ListSystemLogs",
                                              .version = kDswVersion,
                                              .path = "/api/v2/systemlogs",
                                              .query = {{"InstanceId", id},
                                                        {"GmtStartTime", since},
                                                        {"Offset", offset},
                                                        {"Order", "ASC"}}}));
    const json::array& logs = Array(answer, "SystemLogs");
    all.insert(all.end(), logs.begin(), logs.end());
    offset = logs.empty() ? "" : TextOf(answer, "Offset");
  }
  co_return all;
}

/// Events come before output, so each is a stream of its own.
Task<Result<std::vector<LogStream>>> FetchStreams(CommandContext& context, std::string id,
                                                  std::string since) {
  ATELIER_CO_TRY(const json::array logs,
                 co_await FetchLogs(context, std::move(id), std::move(since)));
  std::vector<LogStream> streams{{.name = "events", .lines = {}}, {.name = "output", .lines = {}}};
  for (const json::value& item : logs) {
    const json::object& log = AsObject(item);
    const std::string time = TextOf(log, "GmtCreateTime");
    std::string line = TextOf(log, "Content");
    if (!time.empty()) line = fmt::format("{} {} {}", time, TextOf(log, "Level"), line);
    streams[time.empty() ? 1 : 0].lines.push_back(std::move(line));
  }
  co_return streams;
}

}  // namespace

Task<Status> ShowLogs(CommandContext& context, LogsOptions options) {
  ATELIER_CO_TRY(const std::string id, co_await InstanceIdOf(context, options.name));
  ATELIER_CO_TRY(const std::string since, SinceTime(context, options.since));
  if (options.follow) {
    co_return co_await FollowLogs(
        context, [&context, id, since] { return FetchStreams(context, id, since); }, options.tail);
  }
  ATELIER_CO_TRY(json::array logs, co_await FetchLogs(context, id, since));
  if (options.tail != 0 && logs.size() > options.tail)
    logs.erase(logs.begin(), logs.end() - static_cast<std::ptrdiff_t>(options.tail));
  static constexpr auto kColumns = std::to_array<Column>(
      {{"TIME", "GmtCreateTime"}, {"LEVEL", "Level"}, {"CONTENT", "Content"}});
  const Table table = ListTable(kColumns, logs);
  context.Print(json::object{{"SystemLogs", std::move(logs)}}, table);
  co_return Ok();
}

}  // namespace atelier::cli
