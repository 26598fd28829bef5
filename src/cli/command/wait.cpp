#include "cli/command/wait.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "cli/command/parts.h"

namespace atelier::cli {

namespace {

constexpr int kMostMisses = 120;  // looks in a row that do not reach the server

constexpr auto kInstanceRests =
    std::to_array<std::string_view>({"Running", "Stopped", "Failed", "Saved", "SaveFailed"});
constexpr auto kServiceRests =
    std::to_array<std::string_view>({"Running", "Stopped", "Failed", "DeleteFailed"});

bool Reaches(std::string_view status, Goal goal) {
  const bool settles = goal == Goal::kSettled;
  return ((goal == Goal::kRunning || settles) && status == "Running") ||
         ((goal == Goal::kStopped || settles) && status == "Stopped");
}

/// " Code: message", as far as the server says them.
std::string ReasonOf(const Watched& watched, const json::object& answer) {
  std::string reason;
  if (const std::string code = Text(answer, watched.code); !code.empty())
    reason += " " + code + ":";
  if (const std::string why = Text(answer, watched.message); !why.empty()) reason += " " + why;
  return reason;
}

std::string EndedElsewhere(const Watched& watched, const json::object& answer) {
  return fmt::format("{} {} is {}.{}", watched.kind, watched.id, Text(answer, "Status"),
                     ReasonOf(watched, answer));
}

/// The end of the last lines that an instance printed.
constexpr std::size_t kMostLastLines = 10;

/// How the instance that began anew most often ended, for a service that is not there yet: its
/// restarts, its exit code and its last lines. Empty: none began anew, or nobody can tell.
Task<std::string> CrashesOf(Session& session, Call look) {
  if (look.action.empty()) co_return "";
  const auto answer = co_await session.api.Send(std::move(look));
  if (!answer) co_return "";  // the state is told without it
  const json::array& instances = Array(*answer, "Instances");
  const auto worst = std::ranges::max_element(instances, {}, [](const json::value& item) {
    return Integer(AsObject(item), "RestartCount");
  });
  if (worst == instances.end() || Integer(AsObject(*worst), "RestartCount") == 0) co_return "";
  const json::object& instance = AsObject(*worst);
  std::string text = fmt::format(" Its instance {} has restarted {} times",
                                 Text(instance, "InstanceName"), Integer(instance, "RestartCount"));
  const json::array& ends = Array(instance, "LastState");
  if (ends.empty()) co_return text + ".";
  const json::object& end = AsObject(ends.front());
  const std::string_view how = end.contains("ExitCode") ? "ExitCode" : "Signal";
  if (end.contains(how)) {
    text += fmt::format(", the last time with {} {}", how == "Signal" ? "signal" : "exit code",
                        Integer(end, how));
  }
  text += '.';
  std::string log = Text(end, "Log");
  while (log.ends_with('\n')) log.pop_back();
  if (log.empty()) co_return text;
  std::size_t begin = log.size();
  for (std::size_t lines = 0; lines < kMostLastLines && begin != 0; ++lines) {
    const std::size_t before = begin == log.size() ? log.rfind('\n') : log.rfind('\n', begin - 2);
    begin = before == std::string::npos ? 0 : before + 1;
  }
  co_return text + " Its last lines:\n" + log.substr(begin);
}

}  // namespace

bool Waits(const Session& session, const WaitOptions& options) {
  return options.wait.value_or(session.around.out_is_terminal);
}

Watched WatchedInstance(const std::string& id) {
  return {.kind = "Instance",
          .id = id,
          .look = {.action = "GetInstance",
                   .version = kDswVersion,
                   .path = PathOf("/api/v2/instances", id)},
          .rests = kInstanceRests,
          .code = "ReasonCode",
          .message = "ReasonMessage",
          .instances = {}};
}

Watched WatchedService(const std::string& region, const std::string& name) {
  return {.kind = "Service",
          .id = name,
          .look = {.action = "DescribeService",
                   .version = kEasVersion,
                   .path = PathOf(PathOf("/api/v2/services", region), name)},
          .rests = kServiceRests,
          .code = "Reason",
          .message = "Message",
          .instances = {.action = "ListServiceInstances",
                        .version = kEasVersion,
                        .path = PathOf(PathOf("/api/v2/services", region), name, "/instances"),
                        .query = {{"PageSize", "1000"}}}};
}

Task<Status> WaitFor(Session& session, Watched watched, Goal goal, int timeout_seconds) {
  const std::string& id = watched.id;
  Clock& clock = session.around.clock;
  const MonoTime began = clock.Mono();
  const Deadline by = clock.In(std::chrono::seconds(timeout_seconds));
  std::string shown;
  int misses = 0;
  for (;;) {
    const auto answer = co_await session.api.Send(watched.look);
    if (!answer && answer.error().code() == Code::kNotFound && goal == Goal::kGone) {
      session.Note(id + ": gone");
      co_return Ok();
    }
    // A server that restarts is gone for moments only; what it serves lives on meanwhile.
    if (!answer && answer.error().code() == Code::kUnavailable && ++misses < kMostMisses) {
      co_await clock.Sleep(session.around.poll_every);
      continue;
    }
    if (!answer) co_return answer.error();
    misses = 0;
    const std::string status = Text(*answer, "Status");
    if (status != shown) {
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(clock.Mono() - began).count();
      session.Note(fmt::format("{}: {} ({} s)", id, status, seconds));
      shown = status;
    }
    if (Reaches(status, goal)) co_return Ok();
    if (std::ranges::find(watched.rests, status) != watched.rests.end()) {
      co_return Error(Code::kAborted, EndedElsewhere(watched, *answer) +
                                          co_await CrashesOf(session, watched.instances));
    }
    if (clock.Mono() >= by) {
      co_return Error(Code::kAborted,
                      fmt::format("{} {} is still {} after {} s.{}{}", watched.kind, id, status,
                                  timeout_seconds, ReasonOf(watched, *answer),
                                  co_await CrashesOf(session, watched.instances)));
    }
    co_await clock.Sleep(session.around.poll_every);
  }
}

}  // namespace atelier::cli
