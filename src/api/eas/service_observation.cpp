// What happened to a service, and what its instances print.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/text.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
#include "runtime/driver.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::int64_t kMaxPageSize = 1000;
constexpr std::size_t kMaxLogBytes = 1U << 20U;  // of one instance
constexpr Duration kLogDeadline{5'000};
constexpr Duration kWindow = std::chrono::hours(7 * 24);

constexpr Param kPageNum{
    .name = "PageNum", .type = Type::kInteger, .min = 1, .max = INT32_MAX, .standard = 1};

/// In the documented form, or in the usual one of ISO 8601 (TimeOf takes its others too).
constexpr std::string_view kTimeText =
    "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    "( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)$";

constexpr std::array kEventParams = {
    kClusterId,
    kServiceName,
    Param{.name = "StartTime",
          .pattern = kTimeText,
          .doc = "yyyy-MM-dd HH:mm:ss, UTC; default seven days ago."},
    Param{.name = "EndTime", .pattern = kTimeText, .doc = "The same; default now."},
    Param{.name = "EventType", .type = Type::kEnum, .values = "Normal,Warning"},
    Param{.name = "InstanceName"},
    kPageNum,
    Param{
        .name = "PageSize", .type = Type::kInteger, .min = 1, .max = kMaxPageSize, .standard = 100},
};
constexpr std::array kLogParams = {
    kClusterId,
    kServiceName,
    Param{.name = "InstanceName"},
    Param{.name = "Ip"},
    Param{.name = "Keyword", .doc = "Lines with this text."},
    Param{.name = "Previous", .type = Type::kBoolean, .doc = "Of the run before the present one."},
    Param{.name = "StartTime", .pattern = kTimeText},
    Param{.name = "EndTime", .pattern = kTimeText},
    Param{.name = "ContainerName"},
    kPageNum,
    Param{
        .name = "PageSize", .type = Type::kInteger, .min = 1, .max = kMaxPageSize, .standard = 500},
};

/// `yyyy-MM-dd HH:mm:ss` UTC (docs/contract/lifecycle.md section 10), or ISO 8601.
Result<WallTime> TimeOf(std::string text, std::string_view name, WallTime standard) {
  if (text.empty()) return standard;
  if (text.size() == 19 && text[10] == ' ') {
    text[10] = 'T';
    text += 'Z';
  }
  if (const auto time = ParseIso8601(text)) return *time;
  return Invalid(fmt::format("{} must be a time such as 2024-01-12 14:36:01.", name));
}

std::string_view TypeOf(const model::ServiceEvent& event) {
  return event.warning ? "Warning" : "Normal";
}

constexpr auto kEventFilters = std::to_array<Filter<kEventParams, model::ServiceEvent>>(
    {{"EventType", Is<TypeOf>}, {"InstanceName", Is<&model::ServiceEvent::instance>}});

Answered<wire::ServiceEventsAnswer> DescribeServiceEvent(Context& context,
                                                         Args<kEventParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  const WallTime now = context.services.clock.Wall();
  ATELIER_CO_TRY(const WallTime from, TimeOf(args.Text("StartTime"), "StartTime", now - kWindow));
  ATELIER_CO_TRY(const WallTime to, TimeOf(args.Text("EndTime"), "EndTime", now));
  ATELIER_CO_TRY(auto events, co_await context.eas.control.Events(service->name, from, to));
  List list(std::move(events));
  list.Keep(args, kEventFilters).Reverse(true);  // newest first
  wire::ServiceEventsAnswer answer;
  list.Fill(answer, answer.Events,
            {.number = *args.Integer("PageNum"), .size = *args.Integer("PageSize")},
            [](const model::ServiceEvent& event) {
              return wire::ServiceEvent{.Message = event.message,
                                        .Reason = event.reason,
                                        .Resource = event.instance.empty() ? "Service" : "Pod",
                                        .Time = FormatSeconds(event.time),
                                        .Type = TypeOf(event)};
            });
  co_return Answer(context, answer);
}

/// Which lines of the output are asked for.
struct LineFilter {
  std::string keyword;
  std::optional<WallTime> from;
  std::optional<WallTime> to;
};

/// `2024-01-12 14:36:01...` or `2024-01-12T14:36:01...`, perhaps after a bracket; taken as UTC.
std::optional<WallTime> TimeOfLine(std::string_view line) {
  if (line.starts_with('[')) line.remove_prefix(1);
  std::string text(line.substr(0, 19));
  if (text.size() < 19) return std::nullopt;
  if (text[10] == ' ') text[10] = 'T';
  return ParseIso8601(text + "Z");
}

/// A line without a time is of the time of the one before; what is of no time is left out when
/// times are asked for.
void AppendLines(std::string_view text, const LineFilter& filter, std::vector<std::string>& out) {
  const bool timed = filter.from || filter.to;
  std::optional<WallTime> time;
  for (const std::string_view line : Lines(text)) {
    if (const auto own = timed ? TimeOfLine(line) : std::nullopt) time = own;
    const bool late_enough = !filter.from || (time && *time >= *filter.from);
    const bool early_enough = !filter.to || (time && *time <= *filter.to);
    if (late_enough && early_enough && line.find(filter.keyword) != std::string_view::npos)
      out.emplace_back(line);
  }
}

std::string_view AddressOf(const model::Replica& replica) { return replica.place.inner_ip; }

constexpr auto kReplicaFilters = std::to_array<Filter<kLogParams, model::Replica>>({
    {"InstanceName", Is<&model::Replica::name>},
    // The one container of an instance is named as it is.
    {"ContainerName", Is<&model::Replica::name>},
    {"Ip", Is<AddressOf>},
});

Answered<wire::ServiceLogAnswer> DescribeServiceLog(Context& context, Args<kLogParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  LineFilter filter{.keyword = args.Text("Keyword"), .from = {}, .to = {}};
  if (args.Has("StartTime")) {
    ATELIER_CO_TRY(filter.from, TimeOf(args.Text("StartTime"), "StartTime", {}));
  }
  if (args.Has("EndTime")) {
    ATELIER_CO_TRY(filter.to, TimeOf(args.Text("EndTime"), "EndTime", {}));
  }
  List replicas(context.eas.directory.ReplicasOf(service->id));  // outlives the waits
  replicas.Keep(args, kReplicaFilters);
  std::vector<std::string> lines;
  for (const auto& replica : replicas.items()) {
    if (args.Boolean("Previous")) {
      if (replica->last) AppendLines(replica->last->log, filter, lines);
      continue;
    }
    const auto text = co_await context.services.driver.Logs(
        replica->id, kMaxLogBytes, context.services.clock.In(kLogDeadline));
    // One that has not started, or has just gone, has printed nothing.
    if (text) AppendLines(*text, filter, lines);
  }
  List list(std::move(lines));
  wire::ServiceLogAnswer answer;
  list.Fill(answer, answer.Logs,
            {.number = *args.Integer("PageNum"), .size = *args.Integer("PageSize")},
            [](std::string& line) { return std::move(line); });
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceObservationOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<DescribeServiceEvent>(kEasApi, "DescribeServiceEvent", "GET",
                                "/api/v2/services/{ClusterId}/{ServiceName}/events",
                                "What happened to a service and its instances, the newest first.")
          .Passes(&PassService, identity::Access::kRead),
      Row<DescribeServiceLog>(kEasApi, "DescribeServiceLog", "GET",
                              "/api/v2/services/{ClusterId}/{ServiceName}/logs",
                              "The last lines that the instances of a service printed.")
          .Passes(&PassService, identity::Access::kRead),
  });
  return kRows;
}

}  // namespace atelier::api
