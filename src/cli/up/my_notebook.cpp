#include "cli/up/my_notebook.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/command/args.h"
#include "cli/command/instance.h"
#include "cli/command/wait.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kName = "my_notebook";
constexpr std::string_view kImage = "image-jupyterlab";
constexpr std::chrono::minutes kRunsWithin{15};
constexpr std::chrono::minutes kStopsWithin{5};

struct Instance {
  std::string id;
  std::string status;
};

/// What does not change by itself and does not run.
bool Rests(std::string_view status) {
  return status == "Stopped" || status == "Failed" || status == "Saved" || status == "SaveFailed";
}

/// No stop is legal in them; an instance leaves them by itself.
bool CannotBeStopped(std::string_view status) {
  return status == "Creating" || status == "Updating" || status == "Saving";
}

/// The oldest of this name, should other workspaces have one too; nullopt: there is none.
Task<Result<std::optional<Instance>>> FindMyNotebook(CommandContext& context) {
  ListOptions options;
  options.name = kName;
  ATELIER_CO_TRY(const json::array all, co_await EveryInstance(context, std::move(options)));
  for (const json::value& item : all) {
    const json::object& instance = AsObject(item);
    if (TextOf(instance, "InstanceName") == kName)
      co_return Instance{TextOf(instance, "InstanceId"), TextOf(instance, "Status")};
  }
  co_return std::nullopt;
}

/// Asks for it to be made, or to start, and waits for what comes of it.
Task<Status> SetGoing(CommandContext& context, std::optional<Instance> found) {
  if (found) {
    Say(context.env, "starting " + found->id);
    ATELIER_CO_TRY(
        const json::object answer,
        co_await context.api.Send({.action = "StartInstance",
                                   .version = kDswVersion,
                                   .method = "PUT",
                                   .path = PathOf("/api/v2/instances", found->id, "/start")}));
    context.PrintLine(answer, found->id);
    co_return co_await WaitFor(context, WatchedInstance(found->id), Goal::kRunning,
                               WaitOptions().timeout_seconds);
  }
  Say(context.env, "creating the first notebook");
  CreateOptions options;
  options.name = kName;
  options.image = kImage;
  options.wait.wait = true;
  co_return co_await CreateInstance(context, std::move(options));
}

Task<Result<std::vector<Instance>>> RunningInstances(CommandContext& context) {
  ATELIER_CO_TRY(const json::array all, co_await EveryInstance(context, {}));
  std::vector<Instance> running;
  for (const json::value& item : all) {
    const json::object& instance = AsObject(item);
    const std::string status = TextOf(instance, "Status");
    if (status != "Stopped" && status != "Failed")
      running.push_back({TextOf(instance, "InstanceId"), status});
  }
  co_return running;
}

/// One step towards its stop. `told`: the state in which this was last said of it.
Task<void> StepToStopped(CommandContext& context, Instance instance, std::string& told) {
  const bool changed = std::exchange(told, instance.status) != instance.status;
  const auto say = [&](std::string_view text) {
    if (changed) Say(context.env, text);
  };
  if (CannotBeStopped(instance.status)) {
    say(fmt::format("{} is {}: waiting until it can be stopped", instance.id, instance.status));
    co_return;
  }
  if (instance.status == "Stopping" || instance.status == "Deleting") co_return;
  say("stopping " + instance.id);
  const auto stopped =
      co_await context.api.Send({.action = "StopInstance",
                                 .version = kDswVersion,
                                 .method = "PUT",
                                 .path = fmt::format("/api/v2/instances/{}/stop", instance.id)});
  if (!stopped) say(fmt::format("{} could not be stopped now; trying again", instance.id));
}

}  // namespace

void Say(CliEnvironment& env, std::string_view line) {
  const bool bold = env.err_is_terminal;
  env.err << (bold ? "\033[1m" : "") << "==> " << Printable(line) << (bold ? "\033[0m" : "")
          << std::endl;
}

Task<Result<std::string>> RunMyNotebook(CommandContext& context) {
  Clock& clock = context.env.clock;
  const Deadline by = clock.In(kRunsWithin);
  std::string told;
  std::optional<Status> tried;
  while (clock.Mono() < by) {
    ATELIER_CO_TRY(const std::optional<Instance> found, co_await FindMyNotebook(context));
    if (found && found->status == "Running") co_return found->id;
    if (!found || Rests(found->status)) {
      if (tried) {
        const std::string why = *tried ? "it ended at once." : tried->error().message();
        co_return Error(Code::kAborted,
                        fmt::format("{} does not run: {}\nIts history: atelier instance events {}",
                                    kName, why, found ? found->id : "ID"));
      }
      tried = co_await SetGoing(context, found);
      continue;  // what came of it shows at the next look
    }
    if (std::exchange(told, found->status) != found->status)
      Say(context.env, fmt::format("{} is {}", found->id, found->status));
    co_await clock.Sleep(context.env.poll_every);
  }
  co_return Error(Code::kAborted, fmt::format("{} is still {}.", kName, told));
}

Task<Status> StopAllInstances(CommandContext& context) {
  Clock& clock = context.env.clock;
  const Deadline by = clock.In(kStopsWithin);
  std::map<std::string, std::string> told;
  for (;;) {
    ATELIER_CO_TRY(const std::vector<Instance> running, co_await RunningInstances(context));
    if (running.empty()) co_return Ok();
    if (clock.Mono() >= by) {
      std::string which;
      for (const Instance& one : running) which += fmt::format("\n{} {}", one.id, one.status);
      co_return Error(Code::kAborted,
                      "These do not stop; the same command again goes on here:" + which);
    }
    for (const Instance& one : running) co_await StepToStopped(context, one, told[one.id]);
    co_await clock.Sleep(context.env.poll_every);
  }
}

}  // namespace atelier::cli
