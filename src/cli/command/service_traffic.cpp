#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/client/api_client.h"
#include "cli/command/args.h"
#include "cli/command/service.h"

namespace atelier::cli {

namespace {

double Number(const json::object& point, std::string_view member) {
  const json::value* value = point.if_contains(member);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

/// Milliseconds as people read them; empty: nothing was answered.
std::string ShowMillis(const json::object& point, std::string_view member) {
  if (!point.contains(member)) return "";
  const double ms = Number(point, member);
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} s", ms / 1000);
}

std::vector<std::string> RowOf(const json::object& point) {
  static constexpr auto kClasses = std::to_array<std::string_view>(
      {"Status2xx", "Status3xx", "Status4xx", "Status429", "Status450", "Status5xx", "GivenUp"});
  double all = Number(point, "Status1xx");
  for (const std::string_view name : kClasses) all += Number(point, name);
  std::vector<std::string> row = {
      FormatSeconds(WallTime(std::chrono::seconds(Integer(point, "Time")))),
      fmt::format("{:.2f}", all / Number(point, "Seconds"))};
  for (const std::string_view name : kClasses)
    row.push_back(fmt::format("{:.0f}", Number(point, name)));
  for (const std::string_view name : {"P50", "P95", "P99"}) row.push_back(ShowMillis(point, name));
  for (const std::string_view name : {"UnderWay", "Waiting"})
    row.push_back(fmt::format("{:.2f}", Number(point, name)));
  return row;
}

}  // namespace

Task<Status> ShowServiceTraffic(CommandContext& context, TrafficOptions options) {
  ATELIER_CO_TRY(const std::string since, SinceTime(context, options.since));
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send(
          {.action = "GetServiceTraffic",
           .path = PathOf("/atelier/v1/services", options.name, "/traffic"),
           .query = {{"InstanceName", options.instance},
                     {"StartTime", since},
                     {"Period", options.period == 0 ? "" : std::to_string(options.period)}}}));
  Table table{.header = {"TIME", "PER SECOND", "2XX", "3XX", "4XX", "429", "450", "5XX", "GIVEN UP",
                         "P50", "P95", "P99", "UNDER WAY", "WAITING"},
              .rows = {}};
  for (const json::value& point : Array(answer, "Points"))
    table.rows.push_back(RowOf(AsObject(point)));
  context.Print(answer, table);
  co_return Ok();
}

}  // namespace atelier::cli
