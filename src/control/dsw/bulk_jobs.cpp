#include "control/dsw/bulk_jobs.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/keyed_mutex.h"
#include "control/core/records.h"
#include "control/dsw/bulk/runner.h"
#include "control/dsw/change/moves.h"

namespace atelier::control {

using model::BulkAction;
using model::InstanceStatus;
using store::Kind;
using store::Write;

namespace {

constexpr std::size_t kIdLength = 16;

Error TooMany(std::string_view whose, std::size_t most) {
  return {Code::kResourceExhausted,
          fmt::format("{} {} jobs under way, and there may be no more. Wait for one, or stop it.",
                      whose, most),
          "Throttling.User"};
}

}  // namespace

bool IsThere(BulkAction action, InstanceStatus status) {
  switch (action) {
    case BulkAction::Start:
      return status == InstanceStatus::Running ||
             (model::IsTransient(status) && status != InstanceStatus::Stopping &&
              status != InstanceStatus::Deleting);
    case BulkAction::Stop:
      return status == InstanceStatus::Stopped || status == InstanceStatus::Stopping ||
             status == InstanceStatus::Failed;
    case BulkAction::Delete:
      return status == InstanceStatus::Deleting;
  }
  return false;
}

Status AcceptsAction(BulkAction action, const model::Instance& instance) {
  switch (action) {
    case BulkAction::Start:
      return Accepting(instance, model::Trigger::kStart, "StartInstance");
    case BulkAction::Stop:
      return Accepting(instance, model::Trigger::kStop, "StopInstance");
    case BulkAction::Delete:
      return Accepting(instance, model::Trigger::kDelete, "DeleteInstance");
  }
  return Ok();
}

BulkJobs::BulkJobs(Parts parts)
    : parts_(std::move(parts)),
      writer_(parts_.store, parts_.clock, &parts_.jobs.quarantine()),
      runner_(std::make_shared<BulkRunner>(parts_)) {}

BulkJobs::~BulkJobs() { runner_->Abandon(); }

void BulkJobs::SetJudge(BulkJudge judge) { runner_->SetJudge(std::move(judge)); }
void BulkJobs::Start() { runner_->Start(); }
Task<void> BulkJobs::Stop() { return runner_->Stop(); }
void BulkJobs::Apply(std::span<const store::Change> changes) { runner_->Apply(changes); }
std::optional<BulkJobs::Progress> BulkJobs::ProgressOf(std::string_view id) const {
  return runner_->ProgressOf(id);
}

Task<Result<std::string>> BulkJobs::Create(Request request, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Creation> {
    std::vector<directory::BulkJobPtr> ended;
    std::size_t running = 0;
    std::size_t of_user = 0;
    for (const directory::BulkJobPtr& job : parts_.jobs.All()) {
      if (job->ended) {
        ended.push_back(job);
      } else {
        ++running;
        if (job->asker.user == request.asker.user) ++of_user;
      }
    }
    if (of_user >= kMaxRunningOfUser) return TooMany("You have", kMaxRunningOfUser);
    if (running >= kMaxRunning) return TooMany("There are", kMaxRunning);
    model::BulkJob job{.id = "bulk-" + parts_.random.LowerAlnum(kIdLength),
                       .action = request.action,
                       .query = request.query,
                       .revision = request.revision,
                       .asker = request.asker,
                       .created = parts_.clock.Wall(),
                       .total = static_cast<std::int64_t>(request.ids.size()) + request.changed,
                       .changed = request.changed};
    std::string id = job.id;
    store::Transaction next{.ends = request.action != BulkAction::Start};
    next.writes.push_back(Write::Put(Kind::kBulkJobIds, id, ToJson(request.ids), 0));
    next.writes.push_back(PutRecord(std::move(job), 0));
    std::ranges::sort(ended, {}, [](const auto& one) { return *one->ended; });
    const std::size_t all = ended.size() + running + 1;
    for (std::size_t i = 0; i < ended.size() && all > kMaxKept + i; ++i) {
      next.writes.push_back(
          Write::Delete(Kind::kBulkJob, ended[i]->id, parts_.jobs.RevisionOf(ended[i]->id)));
    }
    return store::Creation{.transaction = std::move(next), .id = id, .target = id};
  };
  // In turn: the read model shows the one before, so that they are counted once.
  const KeyedMutex::Lock turn = co_await parts_.store.locks().Take(
      "bulk jobs", parts_.clock, parts_.clock.In(store::kMaxTurnWait));
  if (!turn) co_return Error(Code::kUnavailable, "Too many jobs are being made. Try again later.");
  co_return co_await writer_.Create(std::move(actor), plan);
}

Task<Status> BulkJobs::End(std::string id, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const directory::BulkJobPtr job = parts_.jobs.Find(id);
    if (job == nullptr)
      return Error(Code::kNotFound, fmt::format("Job {} does not exist.", id), "UnknownBulkJob");
    if (job->ended || job->stop) return store::Transaction();
    model::BulkJob next = *job;
    next.stop = true;
    return store::Transaction{.writes = {PutRecord(std::move(next), parts_.jobs.RevisionOf(id))},
                              .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {id}, plan);
}

}  // namespace atelier::control
