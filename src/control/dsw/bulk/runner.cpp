#include "control/dsw/bulk/runner.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/core/records.h"

namespace atelier::control {

using store::Kind;
using store::Write;

namespace {

constexpr std::size_t kDeletedAtOnce = 200;
constexpr std::chrono::minutes kCleanAgain{1};
constexpr std::size_t kMaxMessage = 500;

std::string StepKey(std::string_view job, const model::InstanceId& id) {
  return fmt::format("{}/{}", job, id.str());
}

/// The fault is the store's, and passes: the instance is tried again.
bool Passes(const Error& error) {
  switch (error.code()) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
      return true;
    case Code::kResourceExhausted:
      return error.reason() == "DiskFull";
    default:
      return false;
  }
}

Error LeaseLost() { return {Code::kAborted, "Another server goes on with the job."}; }

Error Skipped(std::string reason) { return {Code::kFailedPrecondition, "", std::move(reason)}; }

bool IsSkip(const Error& error) {
  return error.code() == Code::kNotFound || error.reason() == "NoLongerMatches" ||
         error.reason() == "IsThere";
}

std::string_view OperationOf(model::BulkAction action) {
  switch (action) {
    case model::BulkAction::Start:
      return "StartInstance";
    case model::BulkAction::Stop:
      return "StopInstance";
    case model::BulkAction::Delete:
      return "DeleteInstance";
  }
  return "";
}

/// The same for all instances that fail for one reason.
std::string CommonText(std::string text, const model::InstanceId& id) {
  constexpr std::string_view kPlace = "{InstanceId}";
  for (std::size_t at = text.find(id.str()); at != std::string::npos && !id.str().empty();
       at = text.find(id.str(), at + kPlace.size()))
    text.replace(at, id.str().size(), kPlace);
  if (text.size() > kMaxMessage) text.resize(kMaxMessage);
  while (!IsUtf8(text)) text.pop_back();
  return text;
}

}  // namespace

BulkRunner::BulkRunner(const BulkJobs::Parts& parts)
    : parts_(parts),
      writer_(parts_.store, parts_.clock, &parts_.jobs.quarantine()),
      loop_(
          {
              .clock = parts_.clock,
              .io = parts_.io,
              .name = "control.bulk",
              .width = 1,
              .gate = gate_,
              .owner = [this] { return shared_from_this(); },
          },
          [this](std::string id, WorkerSlot& /*slot*/) { return Step(std::move(id)); }) {}

void BulkRunner::Start() {
  loop_.Start();
  parts_.shards.Watch(weak_from_this());
  Spawn(parts_.io, "control.bulk.resume", Resume(shared_from_this(), gate_.Enter()));
}

void BulkRunner::End() { loop_.End(); }

Task<void> BulkRunner::Stop() {
  constexpr std::chrono::seconds kMost{20};
  End();
  const bool drained = co_await gate_.Drain(parts_.clock, parts_.clock.In(kMost));
  if (!drained) parts_.log.Warn("control.bulk.stop_unfinished");
}

void BulkRunner::Abandon() {
  gate_.Close();
  End();
}

/// Jobs that run, and what a crash left of those that have ended: both still have their ids.
Task<void> BulkRunner::Resume(std::shared_ptr<BulkRunner> self, Gate::Pass pass) {
  store::Store::Range range{.from = {}, .to = {}, .limit = 10};
  while (!self->gate_.closed()) {
    const auto page = co_await self->parts_.store.Scan(Kind::kBulkJobIds, range);
    if (!page) {
      self->parts_.log.Warn("control.bulk.not_resumed", {{"error", page.error().ToString()}});
      pass = {};  // who stops does not wait for the pause
      co_await self->parts_.clock.Sleep(kCleanAgain);
      pass = self->gate_.Enter();
      continue;
    }
    for (const store::Record& record : *page) self->loop_.Add(record.key);
    if (page->size() < range.limit) co_return;
    range.from = page->back().key + '\0';
  }
}

void BulkRunner::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    if (change.record.kind == Kind::kBulkJob) loop_.Add(change.record.key);
    if (change.record.kind != Kind::kInstance || arriving_.empty()) continue;
    const auto found = arriving_.find(model::InstanceId(change.record.key));
    if (found != arriving_.end() && Arrived(found->first)) Arrive(found);
  }
}

/// Their own steps drop them.
void BulkRunner::Lost(const ShardSet& shards) {
  for (const auto& [id, run] : runs_) {
    if (shards.test(run.lease.shard)) loop_.Add(id);
  }
}

void BulkRunner::Gained(const ShardSet& /*shards*/) {
  if (gate_.closed()) return;
  Spawn(parts_.io, "control.bulk.resume", Resume(shared_from_this(), gate_.Enter()));
}

void BulkRunner::DropRun(const std::string& id) {
  runs_.erase(id);
  std::erase_if(arriving_, [&](const auto& entry) { return entry.second.job == id; });
}

std::optional<BulkJobs::Progress> BulkRunner::ProgressOf(std::string_view id) const {
  const auto found = runs_.find(id);
  if (found == runs_.end() || !found->second.loaded) return std::nullopt;
  const Run& run = found->second;
  const model::BulkOutcome& outcome = run.outcome;
  return BulkJobs::Progress{.outcome = outcome,
                            .left = static_cast<std::int64_t>(run.ids.size()) - outcome.done -
                                    outcome.skipped - outcome.failed,
                            .under_way = static_cast<std::int64_t>(run.under_way)};
}

bool BulkRunner::Arrived(const model::InstanceId& id) const {
  const auto standing = parts_.instances.StandingOf(id);
  return !standing || !model::IsTransient(standing->status);
}

void BulkRunner::Await(const std::string& job, Run& run, const model::InstanceId& id) {
  if (Arrived(id)) return;
  const Arrival arrival{.job = job, .until = parts_.clock.In(BulkJobs::kArrival)};
  if (arriving_.insert_or_assign(id, arrival).second) ++run.under_way;
}

void BulkRunner::Arrive(std::map<model::InstanceId, Arrival>::iterator arrival) {
  if (const auto run = runs_.find(arrival->second.job); run != runs_.end()) --run->second.under_way;
  arriving_.erase(arrival);
  for (const auto& [id, run] : runs_) loop_.Add(id);
}

MonoTime BulkRunner::DropLate() {
  MonoTime next = MonoTime::max();
  for (auto arrival = arriving_.begin(); arrival != arriving_.end();) {
    const auto here = arrival++;
    if (here->second.until <= parts_.clock.Mono())
      Arrive(here);
    else
      next = std::min(next, here->second.until);
  }
  return next;
}

Task<MonoTime> BulkRunner::Step(std::string id) {
  const auto lease = parts_.shards.LeaseFor(id);
  const auto before = runs_.find(id);
  if (before != runs_.end() && (!lease || before->second.lease.epoch != lease->epoch)) DropRun(id);
  if (!lease) co_return MonoTime::max();
  const directory::BulkJobPtr job = parts_.jobs.Find(id);
  if (job == nullptr || job->ended) co_return co_await CleanUp(std::move(id), *lease);
  Run& run = runs_[id];  // stays until this job's own step erases it
  run.lease = *lease;
  if (!run.loaded) {
    const Status loaded = co_await Load(id, run);
    if (!loaded) {
      parts_.log.Warn("control.bulk.not_read", {{"job", id}, {"error", loaded.error().ToString()}});
      run.backoff.Fail(parts_.clock, parts_.random);
      co_return run.backoff.retry_at();
    }
  }
  if (job->stop) co_return co_await Finish(std::move(id), run, model::BulkEnd::Stopped);
  if (parts_.clock.Mono() >= run.ends)
    co_return co_await Finish(std::move(id), run, model::BulkEnd::Expired);
  const MonoTime late = std::min(DropLate(), run.ends);
  while (run.next < run.ids.size() && run.earlier.contains(run.ids[run.next])) ++run.next;
  if (run.next == run.ids.size()) {
    if (run.under_way > 0) co_return late;
    co_return co_await Finish(std::move(id), run, model::BulkEnd::Done);
  }
  if (arriving_.size() >= BulkJobs::kMaxUnderWay) co_return late;

  const model::InstanceId instance = run.ids[run.next];
  const Status done = co_await Act(*job, instance, run);
  if (!parts_.shards.Holds(*lease)) co_return parts_.clock.Mono();  // to be dropped
  run.unsure = !done && Passes(done.error());
  if (run.unsure) {
    run.backoff.Fail(parts_.clock, parts_.random);
    co_return run.backoff.retry_at();
  }
  run.backoff.Succeed();
  ++run.next;
  Note(run, instance, done);
  if (done) Await(id, run, instance);
  co_return parts_.clock.Mono();
}

Task<Status> BulkRunner::Load(const std::string& id, Run& run) {
  ATELIER_CO_TRY(const store::Record ids, co_await parts_.store.Get(Kind::kBulkJobIds, id));
  ATELIER_CO_TRY(run.ids, FromRecord<std::vector<model::InstanceId>>(ids.body));
  const std::string prefix = id + "/";
  store::Store::Range range{.from = prefix, .to = store::PrefixEnd(prefix)};
  run.earlier.clear();
  for (;;) {
    ATELIER_CO_TRY(const auto page, co_await parts_.store.Scan(Kind::kBulkJobStep, range));
    for (const store::Record& record : page) run.earlier.emplace(record.key.substr(prefix.size()));
    if (page.size() < range.limit) break;
    range.from = page.back().key + '\0';
  }
  run.outcome.done = static_cast<std::int64_t>(run.earlier.size());
  run.ends = parts_.clock.In(BulkJobs::kLongest);
  run.loaded = true;
  run.backoff.Succeed();
  co_return Ok();
}

Task<Status> BulkRunner::Act(const model::BulkJob& job, const model::InstanceId& id,
                             const Run& run) {
  const std::string key = StepKey(job.id, id);
  if (run.unsure) {
    const auto acted = co_await parts_.store.Get(Kind::kBulkJobStep, key);
    if (acted) co_return Ok();
    if (acted.error().code() != Code::kNotFound) co_return acted.error();
  }
  Instances::Errand errand{
      .check = [&](const directory::InstancePtr& instance) -> Status {
        if (!parts_.shards.Holds(run.lease)) return LeaseLost();
        ATELIER_RETURN_IF_ERROR(judge_.allow(job, id));
        if (!judge_.matches(job, instance)) return Skipped("NoLongerMatches");
        if (IsThere(job.action, instance->status)) return Skipped("IsThere");
        return Ok();
      },
      .writes = {Write::Put(Kind::kBulkJobStep, key, "{}", 0), store::Guard(run.lease)},
      .reason = fmt::format("Stopped by {} with job {}.", job.asker.arn, job.id)};
  const model::Actor actor{.principal = job.asker.arn,
                           .request_id = job.id,
                           .source_ip = job.asker.source_ip,
                           .operation = std::string(OperationOf(job.action))};
  const Status done = co_await parts_.control.Act(job.action, id, std::move(errand), actor);
  if (done || !IsSkip(done.error())) co_return done;
  // Another server of the same store may have been there first.
  const auto acted = co_await parts_.store.Get(Kind::kBulkJobStep, key);
  co_return acted ? Ok() : done;
}

void BulkRunner::Note(Run& run, const model::InstanceId& id, const Status& done) {
  if (done)
    ++run.outcome.done;
  else if (IsSkip(done.error()))
    ++run.outcome.skipped;
  else
    NoteFailure(run, id, done.error());
}

void BulkRunner::NoteFailure(Run& run, const model::InstanceId& id, const Error& error) {
  ++run.outcome.failed;
  std::vector<model::BulkFailure>& all = run.outcome.failures;
  std::string code = judge_.code(error);
  std::string message = CommonText(error.message(), id);
  auto found = std::ranges::find_if(all, [&](const model::BulkFailure& one) {
    return one.code == code && one.message == message;
  });
  if (found == all.end() && all.size() < BulkJobs::kMaxMessages) {
    if (all.size() + 1 == BulkJobs::kMaxMessages) {
      code = "Others";
      message = "For further reasons: see what each says when it is tried alone.";
    }
    all.push_back({.code = std::move(code), .message = std::move(message), .count = 0, .ids = {}});
    found = std::prev(all.end());
  } else if (found == all.end()) {
    found = std::prev(all.end());
  }
  ++found->count;
  if (run.named == BulkJobs::kMaxFailedIds) return;
  ++run.named;
  found->ids.push_back(id);
}

Task<MonoTime> BulkRunner::Finish(std::string id, Run& run, model::BulkEnd how) {
  const auto plan = [&]() -> Result<store::Transaction> {
    if (!parts_.shards.Holds(run.lease)) return LeaseLost();
    const directory::BulkJobPtr job = parts_.jobs.Find(id);
    if (job == nullptr || job->ended) return store::Transaction();
    model::BulkJob next = *job;
    next.ended = std::max(next.created, parts_.clock.Wall());
    next.end = how;
    next.outcome = run.outcome;
    return store::Transaction{
        .writes = {PutRecord(std::move(next), parts_.jobs.RevisionOf(id)), store::Guard(run.lease)},
        .ends = true};
  };
  const Status ended = co_await writer_.Commit(std::nullopt, {id}, plan);
  if (ended || !parts_.shards.Holds(run.lease)) co_return parts_.clock.Mono();
  run.backoff.Fail(parts_.clock, parts_.random);
  co_return run.backoff.retry_at();
}

/// Of a job that has ended: what it is for goes last, by which a later server finds the rest.
Task<MonoTime> BulkRunner::CleanUp(std::string id, store::Lease lease) {
  runs_.erase(id);
  const auto ids = co_await parts_.store.Get(Kind::kBulkJobIds, id);
  if (!ids) {
    const bool clean = ids.error().code() == Code::kNotFound;
    co_return clean ? MonoTime::max() : parts_.clock.In(kCleanAgain);
  }
  const std::string prefix = id + "/";
  for (;;) {
    const auto steps = co_await parts_.store.Scan(
        Kind::kBulkJobStep,
        {.from = prefix, .to = store::PrefixEnd(prefix), .limit = kDeletedAtOnce});
    if (!steps) co_return parts_.clock.In(kCleanAgain);
    store::Batch batch;
    for (const store::Record& record : *steps)
      batch.push_back(Write::Delete(Kind::kBulkJobStep, record.key));
    const bool last = steps->size() < kDeletedAtOnce;
    if (last) batch.push_back(Write::Delete(Kind::kBulkJobIds, id));
    batch.push_back(store::Guard(lease));
    const auto gone = co_await parts_.store.CommitFromReserve(std::move(batch));
    if (!gone) co_return parts_.clock.In(kCleanAgain);
    if (last) co_return MonoTime::max();
  }
}

}  // namespace atelier::control
