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
  return (goal == Goal::kRunning && status == "Running") ||
         (goal == Goal::kStopped && status == "Stopped");
}

Error EndedElsewhere(const Watched& watched, const json::object& answer) {
  std::string message =
      fmt::format("{} {} is {}.", watched.kind, watched.id, Text(answer, "Status"));
  if (const std::string code = Text(answer, watched.code); !code.empty())
    message += " " + code + ":";
  if (const std::string why = Text(answer, watched.message); !why.empty()) message += " " + why;
  return {Code::kAborted, message};
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
          .message = "ReasonMessage"};
}

Watched WatchedService(const std::string& region, const std::string& name) {
  return {.kind = "Service",
          .id = name,
          .look = {.action = "DescribeService",
                   .version = kEasVersion,
                   .path = PathOf(PathOf("/api/v2/services", region), name)},
          .rests = kServiceRests,
          .code = "Reason",
          .message = "Message"};
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
    if (std::ranges::find(watched.rests, status) != watched.rests.end())
      co_return EndedElsewhere(watched, *answer);
    if (clock.Mono() >= by) {
      co_return Error(Code::kAborted, fmt::format("{} {} is still {} after {} s.", watched.kind, id,
                                                  status, timeout_seconds));
    }
    co_await clock.Sleep(session.around.poll_every);
  }
}

}  // namespace atelier::cli
