// What an instance did and used: docs/contract/lifecycle.md section 7.
#include "api/wire/observation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "api/dsw/instance_common.h"
#include "api/dsw/usage_series.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/text.h"
#include "control/dsw/reconciler.h"
#include "identity/identity_directory.h"
#include "runtime/driver.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr Duration kDefaultSpan = std::chrono::hours(1);  // of metrics without a StartTime
constexpr std::int64_t kMaxDatapoints = 1440;             // a page of GetMetrics
constexpr std::int64_t kMaxEvents = 2000;

Result<directory::InstancePtr> ReadableInstance(const Context& context, Args<kOfInstance> args,
                                                std::string_view token = {}) {
  return FindInstance(context, IdOf(args), token);
}

bool Within(WallTime time, std::optional<WallTime> from, std::optional<WallTime> to) {
  return (!from || time >= *from) && (!to || time <= *to);
}

/// Where the page after one of `count` entries begins; empty after the last.
std::string NextOffset(std::uint64_t begin, std::size_t count, std::uint64_t total) {
  return begin + count < total ? std::to_string(begin + count) : std::string();
}

// GetLifecycle

constexpr auto kLifecycleParams = std::to_array<Param>({
    kInstanceId,
    {.name = "StartTime", .type = Type::kTime, .doc = "Only steps that last beyond it."},
    {.name = "EndTime", .type = Type::kTime, .doc = "Only steps that begin before it."},
    {.name = "SessionNumber",
     .type = Type::kInteger,
     .min = 0,
     .standard = 0,
     .doc = "Sessions to skip."},
    {.name = "Limit", .type = Type::kInteger, .min = 1, .max = 1000, .standard = 100},
    {.name = "Order",
     .type = Type::kEnum,
     .values = "ASC,DESC",
     .doc = "Of the sessions, DESC by default; steps of a session are always in order of time."},
    kToken,
});

bool Overlaps(const model::LifecycleStep& step, std::optional<WallTime> from,
              std::optional<WallTime> to) {
  return (!from || !step.end || *step.end >= *from) && (!to || step.begin <= *to);
}

wire::LifecycleStep EncodeStep(const model::LifecycleStep& step) {
  return {.Status = EnumName(step.status),
          .ReasonCode = step.reason_code,
          .ReasonMessage = step.reason_message,
          .GmtCreateTime = FormatSeconds(step.begin),
          .GmtEndTime = step.end ? FormatSeconds(*step.end) : std::string(),
          .LifecycleId = std::to_string(step.number)};
}

Answered<wire::LifecycleAnswer> GetLifecycle(Context& context, Args<kLifecycleParams> args) {
  ATELIER_CO_TRY(const auto instance, ReadableInstance(context, args, args.Text("Token")));
  ATELIER_CO_TRY(const auto steps, co_await context.dsw.control.Lifecycle(instance->id));
  std::vector<std::vector<wire::LifecycleStep>> sessions;
  std::int64_t last_session = -1;
  for (const model::LifecycleStep& step : steps) {
    if (!Overlaps(step, args.Time("StartTime"), args.Time("EndTime"))) continue;
    if (step.session != last_session) sessions.emplace_back();
    last_session = step.session;
    sessions.back().push_back(EncodeStep(step));
  }
  List list(std::move(sessions));
  wire::LifecycleAnswer answer{};
  list.Reverse(args.Text("Order") != "ASC")
      .Fill(answer, answer.Lifecycle,
            Window{.skip = args.Count("SessionNumber"), .most = args.Count("Limit")},
            [](auto& session) { return std::move(session); });
  co_return Answer(context, answer);
}

// GetInstanceEvents

constexpr auto kEventsParams = std::to_array<Param>({
    kInstanceId,
    {.name = "StartTime", .type = Type::kTime},
    {.name = "EndTime", .type = Type::kTime},
    {.name = "MaxEventsNum",
     .type = Type::kInteger,
     .min = 1,
     .max = kMaxEvents,
     .standard = kMaxEvents},
    {.name = "Offset", .type = Type::kInteger, .min = 0, .standard = 0, .doc = "Events to skip."},
    {.name = "Reverse", .type = Type::kBoolean, .standard = 0, .doc = "Newest first."},
    {.name = "EventLevel", .type = Type::kEnum, .values = "Info,Warning,Error"},
    kToken,
});

constexpr auto kEventFilters =
    std::to_array<Filter<kEventsParams, model::Event>>({{"EventLevel", Is<&model::Event::level>}});

Answered<wire::EventsAnswer> GetInstanceEvents(Context& context, Args<kEventsParams> args) {
  ATELIER_CO_TRY(const auto instance, ReadableInstance(context, args, args.Text("Token")));
  ATELIER_CO_TRY(auto events, co_await context.dsw.control.Events(
                                  instance->id, args.Time("StartTime"), args.Time("EndTime")));
  List list(std::move(events));
  wire::EventsAnswer answer{.InstanceId = instance->id, .Events = {}, .TotalCount = {}};
  list.Keep(args, kEventFilters)
      .Reverse(args.Boolean("Reverse"))
      .Fill(answer, answer.Events,
            Window{.skip = args.Count("Offset"), .most = args.Count("MaxEventsNum")},
            [](const model::Event& event) {
              return fmt::format("{} {} {}", FormatSeconds(event.time), EnumName(event.level),
                                 event.message);
            });
  co_return Answer(context, answer);
}

// GetInstanceMetrics

constexpr auto kInstanceMetricsParams = std::to_array<Param>({
    kInstanceId,
    {.name = "MetricType", .type = Type::kEnum, .required = true, .values = kMetricTypes},
    {.name = "StartTime", .type = Type::kTime, .doc = "Default: one hour before EndTime."},
    {.name = "EndTime", .type = Type::kTime, .doc = "Default: now."},
    {.name = "TimeStep",
     .pattern = "^([1-9][0-9]{0,5}s|[1-9][0-9]{0,3}m|[1-9][0-9]?h|([1-9]|[12][0-9]|30)d)$",
     .doc = "Number and s, m, h or d: 15m. Default: every sample."},
});

/// "15m" and the like. InvalidArgument: anything else, or longer than 30 days.
Result<Duration> ParseStep(std::string_view text) {
  std::int64_t count = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(stopped - text.data()));
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits = {
      {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}};
  constexpr std::int64_t kMaxSeconds = 30LL * 86'400;
  const auto found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& u) { return u.first == unit; });
  if (error != std::errc{} || found == kUnits.end() || count < 1 ||
      count > kMaxSeconds / found->second) {
    return Invalid("TimeStep must be a number followed by s, m, h or d, such as 15m.");
  }
  return std::chrono::seconds(count * found->second);
}

Answered<wire::InstanceMetricsAnswer> GetInstanceMetrics(Context& context,
                                                         Args<kInstanceMetricsParams> args) {
  Duration step{0};
  if (args.Has("TimeStep")) {
    ATELIER_CO_TRY(step, ParseStep(args.Text("TimeStep")));
  }
  ATELIER_CO_TRY(const auto instance, ReadableInstance(context, args));
  const WallTime to = args.Time("EndTime").value_or(context.services.clock.Wall());
  const WallTime from = args.Time("StartTime").value_or(to - kDefaultSpan);
  wire::PodMetric pod{.PodId = instance->id, .Metrics = {}};
  for (const UsageBucket& bucket : UsageSeries(context.dsw.reconciler.History(instance->id),
                                               args.Text("MetricType"), from, to, step)) {
    const auto at = std::chrono::floor<std::chrono::seconds>(bucket.start).time_since_epoch();
    pod.Metrics.push_back({.Time = at.count(), .Value = {bucket.average()}});
  }
  co_return Answer(context, wire::InstanceMetricsAnswer{.InstanceId = instance->id,
                                                        .PodMetrics = {std::move(pod)}});
}

// GetMetrics: the same in the cloud monitor's form

/// Of ISO 8601 the form that every client writes; ParseMonitorTime takes others too.
constexpr std::string_view kMonitorTime =
    "^([0-9]{1,14}|(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    "( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z))$";

constexpr auto kMetricsParams = std::to_array<Param>({
    kInstanceId,
    {.name = "MetricName", .type = Type::kEnum, .required = true, .values = kMetricTypes},
    {.name = "Namespace", .type = Type::kEnum, .required = true, .values = "acs_pai_dsw"},
    {.name = "Dimensions",
     .type = Type::kJsonList,
     .required = true,
     .pattern =
         R"({"type":"array","minItems":1,"items":{"type":"object","required":["instanceId"],)"
         R"("properties":{"instanceId":{"type":"string","minLength":1}}}})",
     .doc = R"([{"instanceId":"dsw-..."}])"},
    {.name = "StartTime",
     .pattern = kMonitorTime,
     .doc = "ISO 8601, or milliseconds since 1970. Default: one hour back."},
    {.name = "EndTime",
     .pattern = kMonitorTime,
     .doc = "ISO 8601, or milliseconds since 1970. Default: now."},
    {.name = "Period",
     .type = Type::kInteger,
     .min = 1,
     .max = 86'400,
     .standard = 60,
     .doc = "Seconds."},
    {.name = "Length",
     .type = Type::kInteger,
     .min = 1,
     .max = kMaxDatapoints,
     .standard = kMaxDatapoints},
    {.name = "NextToken", .type = Type::kInteger, .min = 0, .standard = 0},
});

/// The cloud monitor's three spellings of a time: ISO 8601, `yyyy-MM-dd HH:mm:ss` (UTC),
/// milliseconds.
Result<WallTime> ParseMonitorTime(std::string_view name, const std::string& text,
                                  WallTime standard) {
  if (text.empty()) return standard;
  constexpr std::int64_t kYear9999 = 253'402'300'800'000;
  const auto millis = ParseNumber<std::int64_t>(text);
  if (millis && *millis >= 0 && *millis < kYear9999) return WallTime(Duration(*millis));
  std::string iso = text;
  if (const std::size_t blank = iso.find(' '); blank != std::string::npos) {
    iso[blank] = 'T';
    iso += 'Z';
  }
  if (const auto time = ParseIso8601(iso)) return *time;
  return Invalid(fmt::format(
      "{} must be an ISO 8601 time such as 2024-01-12T14:36:01Z, or milliseconds.", name));
}

Status CheckDimensions(const json::value& dimensions, const std::string& instance) {
  for (const json::value& dimension : dimensions.get_array()) {
    const json::object* object = dimension.if_object();
    if (object == nullptr) return Invalid("Dimensions must be an array of objects.");
    const json::value* named = object->if_contains("instanceId");
    if (named == nullptr || !named->is_string() || named->get_string() != instance)
      return Invalid("Dimensions must name the instance of the path as instanceId.");
  }
  return Ok();
}

Answered<wire::MetricsAnswer> GetMetrics(Context& context, Args<kMetricsParams> args) {
  const WallTime now = context.services.clock.Wall();
  ATELIER_CO_TRY(const WallTime to, ParseMonitorTime("EndTime", args.Text("EndTime"), now));
  ATELIER_CO_TRY(const WallTime from,
                 ParseMonitorTime("StartTime", args.Text("StartTime"), to - kDefaultSpan));
  ATELIER_CO_RETURN_IF_ERROR(CheckDimensions(*args.Json("Dimensions"), args.Text("InstanceId")));
  ATELIER_CO_TRY(const auto instance, ReadableInstance(context, args));
  const std::int64_t period = *args.Integer("Period");
  List list(UsageSeries(context.dsw.reconciler.History(instance->id), args.Text("MetricName"), from,
                        to, std::chrono::seconds(period)));
  const std::uint64_t total = list.total();
  const std::uint64_t begin = args.Count("NextToken");
  wire::MetricsAnswer answer{.RequestId = context.request_id,
                             .Success = true,
                             .Code = "200",
                             .Message = "Succeed",
                             .Datapoints = {},
                             .NextToken = {},
                             .Period = std::to_string(period)};
  std::vector<wire::Datapoint> points;
  list.Fill(answer, points, Window{.skip = begin, .most = args.Count("Length")},
            [&](const UsageBucket& bucket) {
              return wire::Datapoint{.timestamp = bucket.start.time_since_epoch().count(),
                                     .instanceId = instance->id,
                                     .Average = bucket.average(),
                                     .Minimum = bucket.least,
                                     .Maximum = bucket.most};
            });
  answer.Datapoints = ToJson(points);
  answer.NextToken = NextOffset(begin, points.size(), total);
  co_return Answer(context, answer);
}

// ListSystemLogs

constexpr std::uint64_t kMaxLogLines = 1000;       // a page
constexpr std::uint64_t kMaxLogInstances = 20;     // looked at without an InstanceId
constexpr std::size_t kMaxLogBytes = 256U << 10U;  // of an instance's output
constexpr Duration kLogsDeadline = std::chrono::seconds(5);

constexpr auto kSystemLogsParams = std::to_array<Param>({
    {.name = "InstanceId",
     .doc =
         "Omitted: the latest changed instances of the default workspace, without their output."},
    {.name = "GmtStartTime", .type = Type::kTime},
    {.name = "GmtEndTime", .type = Type::kTime},
    {.name = "LifecycleId", .doc = "A step of GetLifecycle: its time bounds the answer."},
    {.name = "LogLevel", .type = Type::kEnum, .values = "Info,Warning,Error"},
    {.name = "LogRepository", .doc = "Kept for compatibility; there is one repository."},
    {.name = "Offset", .type = Type::kInteger, .min = 0, .standard = 0},
    {.name = "Order", .type = Type::kEnum, .values = "ASC,DESC", .doc = "Default ASC."},
    {.name = "ProblemCategory",
     .type = Type::kEnum,
     .values = "InstanceStartFailed,InstanceTerminating,InstanceCreateFailed"},
    {.name = "SortBy", .type = Type::kEnum, .values = "GmtCreateTime,GmtModifiedTime"},
    {.name = "SourceRequestId", .doc = "Kept for compatibility; entries carry no request id."},
});

struct Span {
  std::optional<WallTime> from;
  std::optional<WallTime> to;
};

using Logs = std::vector<wire::SystemLog>;

/// What went wrong, by the step before the failure.
std::string_view CategoryOf(const std::vector<model::LifecycleStep>& steps, std::size_t failed) {
  const auto ran = [](const model::LifecycleStep& step) {
    return step.status == model::InstanceStatus::Running;
  };
  if (failed > 0 && (steps[failed - 1].status == model::InstanceStatus::Running ||
                     steps[failed - 1].status == model::InstanceStatus::Stopping)) {
    return "InstanceTerminating";
  }
  const auto here = steps.begin() + static_cast<std::ptrdiff_t>(failed);
  return std::any_of(steps.begin(), here, ran) ? "InstanceStartFailed" : "InstanceCreateFailed";
}

Task<Result<Logs>> Problems(Context& context, Args<kSystemLogsParams> args, model::InstanceId id,
                            Span span) {
  ATELIER_CO_TRY(const auto steps, co_await context.dsw.control.Lifecycle(std::move(id)));
  Logs logs;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const model::LifecycleStep& step = steps[i];
    if (step.status == model::InstanceStatus::Failed && Within(step.begin, span.from, span.to) &&
        CategoryOf(steps, i) == args.Text("ProblemCategory")) {
      logs.push_back({.Content = fmt::format("{}: {}", step.reason_code, step.reason_message),
                      .GmtCreateTime = FormatMillis(step.begin),
                      .Level = "Error"});
    }
  }
  co_return logs;
}

Task<Result<Logs>> Happenings(Context& context, Args<kSystemLogsParams> /*args*/,
                              model::InstanceId id, Span span) {
  ATELIER_CO_TRY(const auto events,
                 co_await context.dsw.control.Events(std::move(id), span.from, span.to));
  Logs logs;
  for (const model::Event& event : events) {
    logs.push_back({.Content = event.message,
                    .GmtCreateTime = FormatMillis(event.time),
                    .Level = std::string(EnumName(event.level))});
  }
  co_return logs;
}

/// The end of what the instance wrote. Its lines carry no time.
Task<Result<Logs>> Output(Context& context, model::InstanceId id) {
  const auto output = co_await context.services.driver.Logs(
      std::move(id), kMaxLogBytes, context.services.clock.In(kLogsDeadline));
  Logs logs;
  if (!output && output.error().code() == Code::kNotFound) co_return logs;
  if (!output) co_return output.error();
  for (const std::string_view line : Lines(*output))
    logs.push_back({.Content = std::string(line), .GmtCreateTime = {}, .Level = "Info"});
  co_return logs;
}

/// GmtStartTime and GmtEndTime, narrowed to the step named by LifecycleId.
Task<Result<Span>> SpanOf(Context& context, Args<kSystemLogsParams> args) {
  Span span{.from = args.Time("GmtStartTime"), .to = args.Time("GmtEndTime")};
  if (!args.Has("LifecycleId")) co_return span;
  ATELIER_CO_TRY(const auto steps, co_await context.dsw.control.Lifecycle(
                                       model::InstanceId(args.Text("InstanceId"))));
  const auto step = std::find_if(steps.begin(), steps.end(), [&](const auto& candidate) {
    return std::to_string(candidate.number) == args.Text("LifecycleId");
  });
  if (step == steps.end())
    co_return Error(Code::kNotFound, "The instance has no step of this LifecycleId.");
  span.from = std::max(span.from.value_or(step->begin), step->begin);
  if (step->end) span.to = std::min(span.to.value_or(*step->end), *step->end);
  co_return span;
}

Result<std::vector<model::InstanceId>> LoggedInstances(const Context& context,
                                                       Args<kSystemLogsParams> args) {
  const Services& services = context.services;
  if (args.Has("InstanceId")) {
    ATELIER_TRY(const auto instance, ReadableInstance(context, args));
    return std::vector<model::InstanceId>{instance->id};
  }
  ATELIER_RETURN_IF_ERROR(PassRam(context, {}));  // a list: no instance's keys
  directory::InstanceQuery query;
  query.workspace = services.identities.DefaultWorkspaceOf(identity::MemberUserOf(context.caller));
  query.page_size = kMaxLogInstances;
  std::vector<model::InstanceId> ids;
  if (!query.workspace) return ids;
  const directory::Viewer viewer = ViewerOf(services, context.caller);
  for (const auto& instance : services.dsw.directory.List(viewer, query).instances)
    ids.push_back(instance->id);
  return ids;
}

constexpr auto kLogFilters = std::to_array<Filter<kSystemLogsParams, wire::SystemLog>>(
    {{"LogLevel", Is<&wire::SystemLog::Level>}});

Answered<wire::SystemLogsAnswer> ListSystemLogs(Context& context, Args<kSystemLogsParams> args) {
  if (args.Has("LifecycleId") && !args.Has("InstanceId"))
    co_return Invalid("LifecycleId needs InstanceId.");
  ATELIER_CO_TRY(const auto ids, LoggedInstances(context, args));
  ATELIER_CO_TRY(const Span span, co_await SpanOf(context, args));
  const auto entries_of = args.Has("ProblemCategory") ? Problems : Happenings;
  Logs logs;
  for (const model::InstanceId& id : ids) {
    ATELIER_CO_TRY(const Logs some, co_await entries_of(context, args, id, span));
    logs.insert(logs.end(), some.begin(), some.end());
  }
  if (args.Has("InstanceId") && !args.Has("ProblemCategory") && !span.from && !span.to) {
    ATELIER_CO_TRY(const Logs output, co_await Output(context, ids.front()));
    logs.insert(logs.end(), output.begin(), output.end());
  }
  List list(std::move(logs));
  if (ids.size() > 1) {  // each alone is in order already
    list.SortBy(
        [](const wire::SystemLog& log) { return std::tie(log.GmtCreateTime, log.Content); });
  }
  list.Keep(args, kLogFilters).Reverse(args.Text("Order") == "DESC");
  const std::uint64_t total = list.total();
  const std::uint64_t begin = args.Count("Offset");
  wire::SystemLogsAnswer answer;
  list.Fill(answer, answer.SystemLogs, Window{.skip = begin, .most = kMaxLogLines},
            [](wire::SystemLog& log) { return std::move(log); });
  answer.Offset = NextOffset(begin, answer.SystemLogs.size(), total);
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ObservationOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<GetLifecycle>(kDswApi, "GetLifecycle", "GET", "/api/v2/instances/{InstanceId}/lifecycle",
                        "Returns the states an instance went through, by session.")
          .Passes(&PassInstance, identity::Access::kRead)
          .In(EnvelopeForm::kNoStatus)
          .EnforcesRam(),
      Row<GetInstanceEvents>(kDswApi, "GetInstanceEvents", "GET",
                             "/api/v2/instances/{InstanceId}/events", "Returns what happened.")
          .Passes(&PassInstance, identity::Access::kRead)
          .EnforcesRam(),
      Row<GetInstanceMetrics>(kDswApi, "GetInstanceMetrics", "GET",
                              "/api/v2/instance/{InstanceId}/metrics",
                              "Returns samples of one metric.")
          .Passes(&PassInstance, identity::Access::kRead)
          .EnforcesRam(),
      Row<GetMetrics>(kDswApi, "GetMetrics", "GET", "/api/v2/instance/{InstanceId}/cms/metrics",
                      "Returns samples of one metric in the cloud monitor's form.")
          .Passes(&PassInstance, identity::Access::kRead)
          .In(EnvelopeForm::kNone)
          .EnforcesRam(),
      Row<ListSystemLogs>(kDswApi, "ListSystemLogs", "GET", "/api/v2/systemlogs",
                          "Lists events and output of an instance.")
          .Passes(&PassInstance, identity::Access::kRead)
          .In(EnvelopeForm::kNone)
          .EnforcesRam(),
  });
  return kRows;
}

}  // namespace atelier::api
