#include "cli/command/bulk.h"

#include <istream>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client/text.h"
#include "cli/command/args.h"
#include "cli/command/instance.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kJobs = "/atelier/v1/bulk-jobs";
constexpr std::size_t kClientTokenBytes = 16;

std::string Counted(std::int64_t count) {
  return fmt::format("{} instance{}", count, count == 1 ? "" : "s");
}

Task<Result<json::object>> Send(CommandContext& context, const json::object& body) {
  return context.api.Send({.action = "CreateBulkJob",
                           .method = "POST",
                           .path = std::string(kJobs),
                           .body = json::serialize(body)});
}

Table ShareTable(const json::object& dry) {
  Table table{.header = {"WOULD", "WHY", "COUNT", "INSTANCES"}, .rows = {}};
  for (const json::value& item : Array(dry, "Shares")) {
    const json::object& share = AsObject(item);
    std::string names;
    for (const json::value& instance : Array(share, "Instances"))
      names += (names.empty() ? "" : ", ") + TextOf(AsObject(instance), "InstanceName");
    if (Integer(share, "Count") > static_cast<std::int64_t>(Array(share, "Instances").size()))
      names += ", ...";
    table.rows.push_back({TextOf(share, "Outcome"), TextOf(share, "Reason"),
                          std::to_string(Integer(share, "Count")), std::move(names)});
  }
  return table;
}

std::int64_t CountOf(const json::object& dry, std::string_view outcome) {
  std::int64_t count = 0;
  for (const json::value& share : Array(dry, "Shares")) {
    if (TextOf(AsObject(share), "Outcome") == outcome) count += Integer(AsObject(share), "Count");
  }
  return count;
}

/// Ok: the number of those that would be acted on was typed.
Status Confirm(CommandContext& context, const BulkOptions& options, std::int64_t acts) {
  if (options.yes) return Ok();
  context.Note(fmt::format("Type {} to {} {}:", acts, options.verb, Counted(acts)));
  std::string line;
  std::getline(*context.env.in, line);
  if (ParseNumber<std::int64_t>(line) == acts) return Ok();
  return Error(Code::kFailedPrecondition, "That is not their number. Nothing was changed.");
}

/// Until the job has ended, with a note for each change.
Task<Result<json::object>> Follow(CommandContext& context, std::string id) {
  std::string told;
  for (;;) {
    ATELIER_CO_TRY(json::object job,
                   co_await context.api.Send({.action = "GetBulkJob", .path = PathOf(kJobs, id)}));
    const std::string status = TextOf(job, "Status");
    const std::string line =
        fmt::format("{}: {} of {} done, {} skipped, {} failed.", status, Integer(job, "Done"),
                    Integer(job, "TotalCount"), Integer(job, "Skipped"), Integer(job, "Failed"));
    if (line != std::exchange(told, line)) context.Note(line);
    if (status != "Running" && status != "Stopping") co_return job;
    co_await context.env.clock.Sleep(context.env.poll_every);
  }
}

Status Outcome(CommandContext& context, const BulkOptions& options, const json::object& job) {
  for (const json::value& item : Array(job, "Failures")) {
    const json::object& failure = AsObject(item);
    context.Note(fmt::format("{} failed: {}", Counted(Integer(failure, "Count")),
                             TextOf(failure, "Message")));
  }
  const std::int64_t failed = Integer(job, "Failed");
  if (failed == 0) return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("{} of {} could not be {}.", failed, Counted(Integer(job, "TotalCount")),
                           options.done));
}

}  // namespace

Task<Status> RunBulk(CommandContext& context, BulkOptions options) {
  ATELIER_CO_TRY(const Query conditions, co_await InstanceConditions(context, options.query));
  json::object query;
  for (const auto& [name, value] : conditions) query[name] = value;
  json::object body{{"Action", options.action}, {"Query", std::move(query)}, {"DryRun", true}};
  ATELIER_CO_TRY(const json::object answer, co_await Send(context, body));
  const json::object& dry = Object(answer, "DryRun");
  const std::int64_t acts = CountOf(dry, "Act");
  const std::string summary = fmt::format("Would {} {} of {}, skip {}, be refused {}.",
                                          options.verb, acts, Counted(Integer(dry, "TotalCount")),
                                          CountOf(dry, "Skip"), CountOf(dry, "Refuse"));
  if (options.dry_run) {
    context.Note(summary);
    context.Print(answer, ShareTable(dry));
    co_return Ok();
  }
  context.Note(acts == 0 ? fmt::format("There is nothing to {}.", options.verb) : summary);
  if (acts == 0) co_return Ok();
  ATELIER_CO_RETURN_IF_ERROR(Confirm(context, options, acts));
  body.erase("DryRun");
  body["Revision"] = Integer(dry, "Revision");
  body["TotalCount"] = Integer(dry, "TotalCount");
  body["ClientToken"] = context.env.random.Hex(kClientTokenBytes);
  ATELIER_CO_TRY(const json::object made, co_await Send(context, body));
  const std::string id = TextOf(made, "BulkJobId");
  if (!options.wait) {
    context.PrintLine(made, id);
    co_return Ok();
  }
  ATELIER_CO_TRY(const json::object job, co_await Follow(context, id));
  context.PrintLine(job, id);
  co_return Outcome(context, options, job);
}

}  // namespace atelier::cli
