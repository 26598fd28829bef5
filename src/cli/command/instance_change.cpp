// start, stop and delete: one instance, several, or all that a query finds.
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/command/args.h"
#include "cli/command/instance.h"
#include "cli/command/names.h"
#include "cli/command/wait.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kInstances = "/api/v2/instances";
constexpr std::int64_t kPageSize = 1000;
constexpr int kMaxPages = 1000;

struct Change {
  std::string_view action;
  std::string_view method;
  std::string_view rest;  // of the path after the id
  Goal goal;
  std::string_view verb;        // "stop"
  std::string_view done;        // "stopped"
  std::string_view done_state;  // nothing is to be done in it
  bool is_final = false;
};

Error Usage(std::string message) { return {Code::kInvalidArgument, std::move(message)}; }

/// All that the query finds, before anything is changed.
Task<Result<json::array>> FindAll(CommandContext& context, std::string query) {
  ListOptions options;
  options.all = true;
  options.query = std::move(query);
  ATELIER_CO_TRY(const Query asked, co_await InstanceQuery(context, std::move(options)));
  json::array all;
  for (int page = 1; page <= kMaxPages; ++page) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await ListInstancePage(context, asked, page, kPageSize));
    const json::array& instances = Array(answer, "Instances");
    all.insert(all.end(), instances.begin(), instances.end());
    if (instances.empty() || static_cast<std::int64_t>(all.size()) >= Integer(answer, "TotalCount"))
      break;
  }
  co_return all;
}

/// What is to be changed, as the server shows it; by name or id only the ids unless `whole`.
Task<Result<json::array>> Subjects(CommandContext& context, ChangeOptions options, bool whole) {
  if (!options.query.empty()) co_return co_await FindAll(context, options.query);
  json::array found;
  for (const std::string& name : options.ids) {
    ATELIER_CO_TRY(const std::string id, co_await InstanceIdOf(context, name));
    json::object instance{{"InstanceId", id}};
    if (whole) {
      ATELIER_CO_TRY(instance, co_await context.api.Send({.action = "GetInstance",
                                                          .version = kDswVersion,
                                                          .path = PathOf(kInstances, id)}));
    }
    found.push_back(std::move(instance));
  }
  co_return found;
}

Status Check(const ChangeOptions& options, const Change& change) {
  if (options.ids.empty() == options.query.empty())
    return Usage("Name instances, or choose them with --query: one of the two.");
  if (change.is_final && !options.query.empty() && !options.yes && !options.dry_run) {
    return Usage(
        fmt::format("To {} all that a query finds, say --yes; --dry-run shows them.", change.verb));
  }
  return Ok();
}

Task<Result<std::vector<std::string>>> SendAll(CommandContext& context, json::array subjects,
                                               Change change) {
  std::vector<std::string> accepted;
  std::optional<Error> first;
  std::size_t failed = 0;
  for (const json::value& subject : subjects) {
    const std::string id = Text(AsObject(subject), "InstanceId");
    const auto answer = co_await context.api.Send({.action = change.action,
                                                   .version = kDswVersion,
                                                   .method = change.method,
                                                   .path = PathOf(kInstances, id, change.rest)});
    if (!answer) {
      if (subjects.size() == 1) co_return answer.error();
      context.Note(fmt::format("{}: {}", id, answer.error().message()));
      if (!first) first = answer.error();
      ++failed;
      // Without a server, each of the rest would wait for its own time-out.
      if (answer.error().code() == Code::kUnavailable ||
          answer.error().code() == Code::kDeadlineExceeded)
        break;
      continue;
    }
    context.PrintLine(*answer, id);
    accepted.push_back(id);
  }
  if (first) {
    co_return Error(
        first->code(),
        fmt::format("{} of {} instances could not be {}.", failed, subjects.size(), change.done),
        first->reason());
  }
  co_return accepted;
}

json::array StillToDo(const json::array& subjects, const Change& change) {
  json::array left;
  for (const json::value& subject : subjects) {
    if (Text(AsObject(subject), "Status") != change.done_state) left.push_back(subject);
  }
  return left;
}

Task<Status> ChangeAll(CommandContext& context, ChangeOptions options, Change change) {
  ATELIER_CO_RETURN_IF_ERROR(Check(options, change));
  ATELIER_CO_TRY(json::array subjects, co_await Subjects(context, options, options.dry_run));
  if (!options.query.empty()) subjects = StillToDo(subjects, change);
  if (options.dry_run) {
    const Table table = InstanceTable(subjects);
    context.Note(fmt::format("Would {} {} instance{}.", change.verb, subjects.size(),
                             subjects.size() == 1 ? "" : "s"));
    context.Print(json::object{{"Instances", std::move(subjects)}}, table);
    co_return Ok();
  }
  if (subjects.empty()) context.Note(fmt::format("There is nothing to {}.", change.verb));
  ATELIER_CO_TRY(const std::vector<std::string> ids, co_await SendAll(context, subjects, change));
  if (!Waits(context, options.wait)) co_return Ok();
  for (const std::string& id : ids) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await WaitFor(context, WatchedInstance(id), change.goal, options.wait.timeout_seconds));
  }
  co_return Ok();
}

constexpr Change kStart{"StartInstance", "PUT",     "/start", Goal::kRunning,
                        "start",         "started", "Running"};
constexpr Change kStop{"StopInstance", "PUT",     "/stop",  Goal::kStopped,
                       "stop",         "stopped", "Stopped"};
constexpr Change kDelete{"DeleteInstance", "DELETE",  "",         Goal::kGone,
                         "delete",         "deleted", "Deleting", true};

}  // namespace

Task<Status> StartInstances(CommandContext& context, ChangeOptions options) {
  return ChangeAll(context, std::move(options), kStart);
}

Task<Status> StopInstances(CommandContext& context, ChangeOptions options) {
  return ChangeAll(context, std::move(options), kStop);
}

Task<Status> DeleteInstances(CommandContext& context, ChangeOptions options) {
  return ChangeAll(context, std::move(options), kDelete);
}

}  // namespace atelier::cli
