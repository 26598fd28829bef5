#include "cli/command/wait.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/command/args.h"

namespace atelier::cli {

namespace {

constexpr int kMaxMisses = 120;     // looks in a row that do not reach the server
constexpr int kPollsPerCrash = 20;  // looks at the state for one at the instances

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
  if (const std::string code = TextOf(answer, watched.code); !code.empty())
    reason += " " + code + ":";
  if (const std::string why = TextOf(answer, watched.message); !why.empty()) reason += " " + why;
  return reason;
}

std::string EndedElsewhere(const Watched& watched, const json::object& answer) {
  return fmt::format("{} {} is {}.{}", watched.kind, watched.id, TextOf(answer, "Status"),
                     ReasonOf(watched, answer));
}

/// The end of the last lines that an instance printed.
constexpr std::size_t kMaxLastLines = 10;

/// How the instance that restarted most often ended.
struct Crash {
  std::string what;   // " Its instance X has restarted 3 times, ..."; empty: none restarted
  std::string lines;  // the last that it printed
};

std::string LastLinesOf(std::string log) {
  while (log.ends_with('\n')) log.pop_back();
  std::size_t begin = log.size();
  for (std::size_t lines = 0; lines < kMaxLastLines && begin != 0; ++lines) {
    const std::size_t before = log.rfind('\n', begin == log.size() ? begin : begin - 2);
    begin = before == std::string::npos ? 0 : before + 1;
  }
  return log.substr(begin);
}

Crash CrashOf(const json::object& instance) {
  const std::int64_t restarts = Integer(instance, "RestartCount");
  Crash crash{
      .what = fmt::format(" Its instance {} has restarted {} time{}",
                          TextOf(instance, "InstanceName"), restarts, restarts == 1 ? "" : "s"),
      .lines = {}};
  const json::array& ends = Array(instance, "LastState");
  if (!ends.empty()) {
    const json::object& end = AsObject(ends.front());
    const std::string_view how = end.contains("ExitCode") ? "ExitCode" : "Signal";
    if (end.contains(how)) {
      crash.what += fmt::format(", the last time with {} {}",
                                how == "Signal" ? "signal" : "exit code", Integer(end, how));
    }
    crash.lines = LastLinesOf(TextOf(end, "Log"));
  }
  crash.what += '.';
  return crash;
}

/// Empty where nobody can tell: the state is told without it.
Task<Crash> CheckForCrash(CommandContext& context, Call look) {
  if (look.action.empty()) co_return Crash{};
  const auto answer = co_await context.api.Send(std::move(look));
  if (!answer) co_return Crash{};
  const json::array& instances = Array(*answer, "Instances");
  const auto worst = std::ranges::max_element(instances, {}, [](const json::value& item) {
    return Integer(AsObject(item), "RestartCount");
  });
  if (worst == instances.end() || Integer(AsObject(*worst), "RestartCount") == 0) co_return Crash{};
  co_return CrashOf(AsObject(*worst));
}

/// The end of a wait that did not reach its goal.
Task<Error> NotReached(CommandContext& context, Watched watched, std::string what) {
  const Crash crash = co_await CheckForCrash(context, std::move(watched.instances));
  what += crash.what;
  if (!crash.lines.empty()) what += " Its last lines:\n" + crash.lines;
  co_return Error(Code::kAborted, what);
}

}  // namespace

bool Waits(const CommandContext& context, const WaitOptions& options) {
  return options.wait.value_or(context.env.out_is_terminal);
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

Task<Status> WaitFor(CommandContext& context, Watched watched, Goal goal, int timeout_seconds) {
  const std::string& id = watched.id;
  Clock& clock = context.env.clock;
  const MonoTime began = clock.Mono();
  const Deadline by = clock.In(std::chrono::seconds(timeout_seconds));
  std::string shown;
  std::string told;
  int misses = 0;
  int looks = 0;
  for (;;) {
    const auto answer = co_await context.api.Send(watched.look);
    if (!answer && answer.error().code() == Code::kNotFound && goal == Goal::kGone) {
      context.Note(id + ": gone");
      co_return Ok();
    }
    // A server that restarts is gone for moments only; what it serves lives on meanwhile.
    if (!answer && answer.error().code() == Code::kUnavailable && ++misses < kMaxMisses) {
      co_await clock.Sleep(context.env.poll_every);
      continue;
    }
    if (!answer) co_return answer.error();
    misses = 0;
    const std::string status = TextOf(*answer, "Status");
    if (status != shown) {
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(clock.Mono() - began).count();
      context.Note(fmt::format("{}: {} ({} s)", id, status, seconds));
      shown = status;
    }
    if (Reaches(status, goal)) co_return Ok();
    if (std::ranges::find(watched.rests, status) != watched.rests.end()) {
      co_return co_await NotReached(context, watched, EndedElsewhere(watched, *answer));
    }
    if (clock.Mono() >= by) {
      co_return co_await NotReached(
          context, watched,
          fmt::format("{} {} is still {} after {} s.{}", watched.kind, id, status, timeout_seconds,
                      ReasonOf(watched, *answer)));
    }
    // Who waits for a service that crashes again and again need not wait for the end to know it.
    if (++looks % kPollsPerCrash == 0) {
      const Crash crash = co_await CheckForCrash(context, watched.instances);
      if (!crash.what.empty() && std::exchange(told, crash.what) != crash.what)
        context.Note(id + ":" + crash.what);
    }
    co_await clock.Sleep(context.env.poll_every);
  }
}

}  // namespace atelier::cli
