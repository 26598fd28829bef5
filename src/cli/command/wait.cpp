#include "cli/command/wait.h"

#include <chrono>

#include <fmt/format.h>

#include "cli/command/parts.h"

namespace atelier::cli {

namespace {

constexpr int kMostMisses = 120;  // looks in a row that do not reach the server

/// States that an instance does not leave by itself.
bool IsAtRest(std::string_view status) {
  return status == "Running" || status == "Stopped" || status == "Failed" || status == "Saved" ||
         status == "SaveFailed";
}

bool Reaches(std::string_view status, Goal goal) {
  return (goal == Goal::kRunning && status == "Running") ||
         (goal == Goal::kStopped && status == "Stopped");
}

Error EndedElsewhere(const std::string& id, const json::object& instance) {
  std::string message = fmt::format("Instance {} is {}.", id, Text(instance, "Status"));
  if (const std::string code = Text(instance, "ReasonCode"); !code.empty())
    message += " " + code + ":";
  if (const std::string why = Text(instance, "ReasonMessage"); !why.empty()) message += " " + why;
  return {Code::kAborted, message};
}

}  // namespace

bool Waits(const Session& session, const WaitOptions& options) {
  return options.wait.value_or(session.around.out_is_terminal);
}

Task<Status> WaitFor(Session& session, std::string id, Goal goal, int timeout_seconds) {
  Clock& clock = session.around.clock;
  const MonoTime began = clock.Mono();
  const Deadline by = clock.In(std::chrono::seconds(timeout_seconds));
  std::string shown;
  int misses = 0;
  for (;;) {
    const auto instance = co_await session.api.Send(
        {.action = "GetInstance", .version = kDswVersion, .path = PathOf("/api/v2/instances", id)});
    if (!instance && instance.error().code() == Code::kNotFound && goal == Goal::kGone) {
      session.Note(id + ": gone");
      co_return Ok();
    }
    // A server that restarts is gone for moments only; instances live on meanwhile.
    if (!instance && instance.error().code() == Code::kUnavailable && ++misses < kMostMisses) {
      co_await clock.Sleep(session.around.poll_every);
      continue;
    }
    if (!instance) co_return instance.error();
    misses = 0;
    const std::string status = Text(*instance, "Status");
    if (status != shown) {
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(clock.Mono() - began).count();
      session.Note(fmt::format("{}: {} ({} s)", id, status, seconds));
      shown = status;
    }
    if (Reaches(status, goal)) co_return Ok();
    if (IsAtRest(status)) co_return EndedElsewhere(id, *instance);
    if (clock.Mono() >= by) {
      co_return Error(Code::kAborted, fmt::format("Instance {} is still {} after {} s.", id, status,
                                                  timeout_seconds));
    }
    co_await clock.Sleep(session.around.poll_every);
  }
}

}  // namespace atelier::cli
