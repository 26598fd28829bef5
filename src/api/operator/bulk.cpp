// The same done to all instances that a query finds, after a dry run (docs/api.md, decision 0054).
// Who may list instances may ask for a job; what it does to each is decided by the gates of the
// operation for one. One's own jobs are everybody's who is not denied it; those of others are for
// whom RAM allows atelier:ListBulkJobs and so on.
#include "api/wire/bulk.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "api/dsw/list_query.h"
#include "api/envelope.h"
#include "api/framework/ask_gates.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/operator/bulk_judge.h"
#include "api/schema.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/keyed_mutex.h"
#include "control/dsw/bulk_jobs.h"
#include "directory/bulk_job_directory.h"
#include "identity/identity_directory.h"
#include "store/store.h"
#include "store/writer.h"

namespace atelier::api {

template <>
inline constexpr auto kRules<wire::CreateBulkJobRequest> =
    std::to_array<FieldRule>({{.name = "Revision", .min = 0},
                              {.name = "TotalCount", .min = 0},
                              {.name = "ClientToken", .min = 1, .max = 64}});

namespace {

using control::BulkJobs;

constexpr std::string_view kAll = "ALL";
constexpr std::size_t kShown = 10;         // of those that fare alike
constexpr std::size_t kAskedAtOnce = 200;  // gates, before others have their turn

constexpr auto kListParams = std::to_array<Param>({
    {.name = "UserId", .doc = "Of this user instead of the caller; ALL: of everybody."},
    kPageNumber,
    PageSizeOf(20),
});
constexpr std::array kOfJob = {
    Param{.name = "BulkJobId", .in_path = true, .required = true, .max = kMaxInstanceId}};

// CreateBulkJob

/// What a query finds for the caller, at one revision.
struct Found {
  std::map<std::string, std::string> query;  // with its workspace
  directory::Page page;
};

Result<Found> Find(const Context& context, std::map<std::string, std::string> conditions) {
  ATELIER_TRY(const ArgValues values, DecodeConditions(conditions));
  const Args<kInstanceConditions> args(values.all());
  ATELIER_TRY(directory::InstanceQuery query, BuildConditions(args));
  ATELIER_TRY(WorkspaceChoice choice, ChooseWorkspace(context, args));
  if (choice.nothing)
    return Invalid("Query.WorkspaceId is required: you have no default workspace. ALL: every one.");
  conditions["WorkspaceId"] = choice.workspace ? choice.workspace->str() : std::string(kAll);
  query.workspace = std::move(choice.workspace);
  query.page_size = BulkJobs::kMaxInstances;
  Found found{
      .query = std::move(conditions),
      .page = context.dsw.directory.List(ViewerOf(context.services, context.caller), query)};
  if (found.page.total > BulkJobs::kMaxInstances) {
    return Invalid(fmt::format("The query finds {} instances; a job takes at most {}. Narrow it.",
                               found.page.total, BulkJobs::kMaxInstances));
  }
  return found;
}

wire::BulkInstance EncodeBrief(const model::Instance& instance) {
  return {.InstanceId = instance.id.str(),
          .InstanceName = instance.name,
          .Status = std::string(EnumName(instance.status))};
}

wire::BulkShare Share(std::string outcome, std::string reason, std::string message = {}) {
  return {.Outcome = std::move(outcome),
          .Reason = std::move(reason),
          .Message = std::move(message),
          .Instances = {}};
}

/// How an instance would fare.
wire::BulkShare Foretell(const Context& context, model::BulkAction action,
                         const model::Instance& instance) {
  const Status allowed = AskGates({.services = context.services,
                                   .options = context.options,
                                   .caller = context.caller,
                                   .operation = OperationOf(action),
                                   .subject = instance.id.str(),
                                   .list_items = context.list_items});
  if (!allowed) {
    const bool by_ram = allowed.error().reason() == "NoPermission";
    return Share("Refuse", by_ram ? "Ram" : "Workspace", allowed.error().message());
  }
  if (control::IsThere(action, instance.status)) return Share("Skip", "AlreadyThere");
  const Status accepted = control::AcceptsAction(action, instance);
  if (!accepted) return Share("Refuse", "State", accepted.error().message());
  return Share("Act", "");
}

Task<wire::BulkDryRun> RunDry(const Context& context, model::BulkAction action, Found found) {
  wire::BulkDryRun answer{.Revision = found.page.revision,
                          .TotalCount = static_cast<std::int64_t>(found.page.total),
                          .Counts = {},
                          .Shares = {}};
  std::ranges::sort(found.page.instances, {}, [](const auto& one) {
    return std::pair(std::string_view(one->name), std::string_view(one->id));
  });
  std::size_t asked = 0;
  for (const directory::InstancePtr& instance : found.page.instances) {
    if (++asked % kAskedAtOnce == 0)
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++answer.Counts[std::string(EnumName(instance->status))];
    wire::BulkShare fate = Foretell(context, action, *instance);
    auto share = std::ranges::find_if(answer.Shares, [&](const wire::BulkShare& one) {
      return one.Outcome == fate.Outcome && one.Reason == fate.Reason;
    });
    if (share == answer.Shares.end()) share = answer.Shares.insert(share, std::move(fate));
    ++share->Count;
    if (share->Instances.size() < kShown) share->Instances.push_back(EncodeBrief(*instance));
  }
  std::ranges::sort(answer.Shares, {}, [](const wire::BulkShare& one) {
    return std::pair(std::string_view(one.Outcome), std::string_view(one.Reason));
  });
  co_return answer;
}

/// Those that are as the dry run saw them. What changed since may have begun to match only then:
/// nobody has confirmed it.
Result<BulkJobs::Request> Confirmed(const Context& context, const wire::CreateBulkJobRequest& asked,
                                    Found found) {
  if (*asked.Revision > found.page.revision)
    return Invalid("Revision is of no dry run of this server: it has not come so far.");
  BulkJobs::Request request{.action = asked.Action,
                            .query = std::move(found.query),
                            .revision = *asked.Revision,
                            .asker = {.user = context.caller.user,
                                      .key = context.caller.access_key_id,
                                      .arn = context.caller.arn,
                                      .source_ip = context.caller.source_ip,
                                      .secure_transport = context.caller.secure_transport},
                            .ids = {}};
  for (const directory::InstancePtr& instance : found.page.instances)
    if (instance.revision() <= *asked.Revision) request.ids.push_back(instance->id);
  const auto confirmed = static_cast<std::int64_t>(request.ids.size());
  if (confirmed > *asked.TotalCount) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The query finds {} instances, and {} were confirmed. Make another "
                             "dry run.",
                             confirmed, *asked.TotalCount),
                 "MoreThanConfirmed");
  }
  request.changed = *asked.TotalCount - confirmed;
  return request;
}

Result<model::Actor> ActorWithToken(const Context& context,
                                    const std::optional<std::string>& token) {
  model::Actor actor = context.actor();
  if (!token) return actor;
  if (!std::ranges::all_of(*token, [](char c) { return c > 0x20 && c < 0x7F; }))
    return Invalid("ClientToken must be printable ASCII characters without blanks.");
  actor.token = model::ClientToken{
      .token = *token, .caller = context.caller.arn, .fingerprint = Hex(Sha256(context.body))};
  return actor;
}

Answered<wire::CreateBulkJobAnswer> CreateBulkJob(Context& context) {
  ATELIER_CO_TRY(auto asked, BodyOf<wire::CreateBulkJobRequest>(context));
  const bool dry = asked.DryRun.value_or(false);
  if (!dry && (!asked.Revision || !asked.TotalCount))
    co_return Invalid("Revision and TotalCount of a dry run are required; DryRun makes one.");
  ATELIER_CO_TRY(model::Actor actor, ActorWithToken(context, asked.ClientToken));
  std::optional<KeyedMutex::Lock> turn;
  if (dry) {
    // One at a time: each holds what it has found.
    Clock& clock = context.services.real_clock;
    turn.emplace(co_await context.services.store.locks().Take("bulk dry runs", clock,
                                                              clock.In(store::kMaxTurnWait)));
    if (!*turn)
      co_return Error(Code::kUnavailable, "Too many dry runs are waiting. Try again later.");
  }
  ATELIER_CO_TRY(Found found, Find(context, std::move(asked.Query)));
  if (dry) {
    co_return Answer(context,
                     wire::CreateBulkJobAnswer{
                         .DryRun = co_await RunDry(context, asked.Action, std::move(found))});
  }
  ATELIER_CO_TRY(auto request, Confirmed(context, asked, std::move(found)));
  ATELIER_CO_TRY(std::string id,
                 co_await context.dsw.bulk_jobs.Create(std::move(request), std::move(actor)));
  co_return Answer(context, wire::CreateBulkJobAnswer{.BulkJobId = std::move(id)});
}

// GetBulkJob, ListBulkJobs, StopBulkJob

std::string StatusOf(const model::BulkJob& job) {
  if (job.end) return std::string(EnumName(*job.end));
  return job.stop ? "Stopping" : "Running";
}

wire::BulkJob EncodeJob(const Context& context, const model::BulkJob& job) {
  wire::BulkJob out{.BulkJobId = job.id,
                    .Action = std::string(EnumName(job.action)),
                    .Query = {},
                    .Revision = job.revision,
                    .Status = StatusOf(job),
                    .UserId = job.asker.user.str(),
                    .UserName = context.services.identities.NameOf(job.asker.user),
                    .GmtCreateTime = FormatSeconds(job.created),
                    .TotalCount = job.total};
  std::optional<BulkJobs::Progress> progress;
  if (job.ended) {
    out.GmtEndTime = FormatSeconds(*job.ended);
    progress.emplace();
    progress->outcome = job.outcome;
  } else {
    progress = context.dsw.bulk_jobs.ProgressOf(job.id);
  }
  if (!progress) return out;
  const model::BulkOutcome& outcome = progress->outcome;
  out.Done = outcome.done;
  out.Skipped = outcome.skipped + job.changed;
  out.Failed = outcome.failed;
  out.Left = job.total - job.changed - outcome.done - outcome.skipped - outcome.failed;
  out.UnderWay = progress->under_way;
  return out;
}

Error NoSuchJob(std::string_view id) {
  return {Code::kNotFound, fmt::format("Job {} does not exist.", id), "UnknownBulkJob"};
}

/// Who may see those of others alone learns whether there is one.
Result<directory::BulkJobPtr> JobFor(const Context& context, const std::string& id) {
  directory::BulkJobPtr job = context.dsw.bulk_directory.Find(id);
  if (job == nullptr || job->asker.user != context.caller.user)
    ATELIER_RETURN_IF_ERROR(context.gate.AskForAllow());
  if (job == nullptr) return NoSuchJob(id);
  return job;
}

Status PassJob(const Context& context, const std::string& id) {
  const Result<directory::BulkJobPtr> job = JobFor(context, id);
  return job ? Ok() : job.error();
}

// Coroutines, though they wait for nothing: what runs is of the control thread (decision 0050).

Answered<wire::GetBulkJobAnswer> GetBulkJob(Context& context, Args<kOfJob> args) {
  ATELIER_CO_TRY(const directory::BulkJobPtr job, JobFor(context, args.Text("BulkJobId")));
  wire::GetBulkJobAnswer answer{EncodeJob(context, *job)};
  answer.Query = job->query;
  model::BulkOutcome outcome = job->outcome;
  if (auto progress = context.dsw.bulk_jobs.ProgressOf(job->id); progress && !job->ended)
    outcome = std::move(progress->outcome);
  for (const model::BulkFailure& failure : outcome.failures) {
    wire::BulkFailure& shown =
        answer.Failures.emplace_back(wire::BulkFailure{.Code = failure.code,
                                                       .Message = failure.message,
                                                       .Count = failure.count,
                                                       .InstanceIds = {}});
    for (const model::InstanceId& id : failure.ids) shown.InstanceIds.push_back(id.str());
  }
  co_return Answer(context, answer);
}

Answered<wire::ListBulkJobsAnswer> ListBulkJobs(Context& context, Args<kListParams> args) {
  const model::UserId user =
      args.Has("UserId") ? model::UserId(args.Text("UserId")) : context.caller.user;
  if (user != context.caller.user) ATELIER_CO_RETURN_IF_ERROR(context.gate.AskForAllow());
  wire::ListBulkJobsAnswer answer{.BulkJobs = {}, .TotalCount = 0};
  List(context.dsw.bulk_directory.All())
      .KeepIf(
          [&](const model::BulkJob& job) { return user.str() == kAll || job.asker.user == user; })
      .SortBy([](const model::BulkJob& job) {
        return std::pair(job.created, std::string_view(job.id));
      })
      .Reverse(true)
      .Fill(answer, answer.BulkJobs, PagingOf(args),
            [&](const model::BulkJob& job) { return EncodeJob(context, job); });
  co_return Answer(context, answer);
}

Answered<wire::BulkJobIdOnly> StopBulkJob(Context& context, Args<kOfJob> args) {
  ATELIER_CO_TRY(const directory::BulkJobPtr job, JobFor(context, args.Text("BulkJobId")));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.bulk_jobs.End(job->id, context.actor()));
  co_return Answer(context, wire::BulkJobIdOnly{.BulkJobId = job->id});
}

}  // namespace

std::span<const Operation> BulkOperations() {
  static constexpr std::string_view kJobs = "/atelier/v1/bulk-jobs";
  static constexpr std::string_view kJob = "/atelier/v1/bulk-jobs/{BulkJobId}";
  static const auto kRows = std::to_array<Operation>({
      Row<CreateBulkJob>(kAtelierApi, "CreateBulkJob", "POST", kJobs,
                         "Starts, stops or deletes all instances that a query finds, or tells in a "
                         "dry run what would become of each.",
                         BodySchema<wire::CreateBulkJobRequest>)
          .Also("paidsw:ListInstances"),
      Row<ListBulkJobs>(kAtelierApi, "ListBulkJobs", "GET", kJobs,
                        "Lists the jobs of the caller, or of another user, the newest first.")
          .OpenToAll(),
      Row<GetBulkJob>(kAtelierApi, "GetBulkJob", "GET", kJob,
                      "How far a job is, and what failed in it.")
          .Passes(&PassJob)
          .OpenToAll(),
      Row<StopBulkJob>(kAtelierApi, "StopBulkJob", "POST", "/atelier/v1/bulk-jobs/{BulkJobId}/stop",
                       "Ends a job: what it has not come to is left alone.")
          .Passes(&PassJob)
          .OpenToAll(),
  });
  return kRows;
}

}  // namespace atelier::api
