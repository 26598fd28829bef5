#include "control/core/workload_loop.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>

#include "base/loop_watch.h"
#include "base/slice.h"
#include "control/core/admission.h"

namespace atelier::control {

using runtime::Phase;
using runtime::WorkloadState;

namespace {

double MillisBetween(MonoTime from, MonoTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// Drivers keep the order; one that does not is put right, at its own cost.
Task<void> PutInOrder(std::deque<WorkloadState>& shown, Slice& slice) {
  bool in_order = true;
  for (std::size_t i = 1; i < shown.size() && in_order; ++i) {
    in_order = shown[i - 1].id <= shown[i].id;
    if (slice.Spent()) co_await slice.Yield();
  }
  if (in_order) co_return;
  std::map<WorkloadId, ObservedState> by_id;
  for (WorkloadState& state : shown) by_id[state.id].push_back(std::move(state));
  shown.clear();
  for (auto& [id, states] : by_id) std::ranges::move(states, std::back_inserter(shown));
}

/// Those of `id`, which stand first. Taken out one by one, so that no slice frees them all.
ObservedState TakeFirst(std::deque<WorkloadState>& shown, const WorkloadId& id) {
  ObservedState first;
  for (; !shown.empty() && shown.front().id == id; shown.pop_front())
    first.push_back(std::move(shown.front()));
  return first;
}

}  // namespace

WorkloadLoop::WorkloadLoop(Parts parts)
    : parts_(std::move(parts)),
      calls_(parts_.io, parts_.clock),
      observer_(
          parts_.driver, calls_, parts_.clock, parts_.log, parts_.io,
          {.every = parts_.observe_every, .call_deadline = parts_.call_deadline},
          [this](Observer::Observed look) { return Ingest(std::move(look)); },
          [this] { OnLooked(); }),
      steps_(LoopParts<WorkloadId>("control.step", parts_.width),
             [this](WorkloadId id, WorkerSlot& slot) { return Step(std::move(id), slot); }),
      orphans_(*this),
      adopted_(parts_.io) {}

void WorkloadLoop::Start() {
  running_ = true;
  parts_.shards.Watch(weak_from_this());
  TakeUp(parts_.shards.held());
  if (parts_.admission != nullptr) {
    parts_.admission->SetLiving([weak = weak_from_this()](const WorkloadId& id) {
      const auto loop = weak.lock();
      return loop ? loop->LivingOf(id) : std::nullopt;
    });
  }
  parts_.driver.SetWake([weak = weak_from_this()] {
    if (const auto loop = weak.lock()) loop->observer_.Soon();
  });
  Run("control.observe", Observe());
}

Task<void> WorkloadLoop::Observe() {
  // Adoption: the first look comes before the first act.
  co_await observer_.Once();
  if (!running_) co_return;
  steps_.Start();
  orphans_.Open();
  for (const auto& policy : policies_) policy->Begin();
  Run("control.adopt", CheckRunning());
  co_await observer_.Run();
}

/// Those that have ended are written down by their own steps.
Task<void> WorkloadLoop::CheckRunning() {
  const Deadline by = parts_.clock.In(parts_.call_deadline);
  std::vector<WorkloadId> unseen;
  for (const auto& [id, key] : keys_) {
    if (!key.epoch.runs || !observer_.well()) continue;
    const auto* current = Best(key.seen, key.epoch.generation);
    if (current != nullptr && current->phase != Phase::kExited) continue;
    doubted_.insert(id);
    if (current == nullptr) unseen.push_back(id);
  }
  for (const WorkloadId& id : unseen) {
    if (parts_.clock.Mono() < by) co_await CheckHome(id, by);
    if (!running_) co_return;
    Believe(id);
  }
  checked_ = true;
  if (doubted_.empty()) adopted_.Set();
}

Task<void> WorkloadLoop::CheckHome(WorkloadId id, Deadline by) {
  const auto found = keys_.find(id);
  if (found == keys_.end() || !doubted_.contains(id)) co_return;
  const std::uint64_t epoch = found->second.number;
  const store::Lease lease = found->second.lease;
  WorkloadPolicy& policy = *found->second.policy;
  const auto home = co_await Call(by, nullptr, parts_.driver.HasHome(id, by));
  if (!running_ || !home || *home) co_return;
  const auto want = co_await policy.SpecOf(id);
  if (!running_ || !want || want->fresh || KeyIn(id, epoch) == nullptr) co_return;
  const Status written = co_await policy.WriteRefused(id, lease, runtime::HomeMissing());
  if (!written && running_) Warn("write_failed", id, written.error());
}

void WorkloadLoop::Believe(const WorkloadId& id) {
  if (doubted_.erase(id) > 0 && checked_ && doubted_.empty()) adopted_.Set();
}

Task<void> WorkloadLoop::Adopted(Deadline by) { (void)co_await adopted_.Wait(parts_.clock, by); }

Task<void> WorkloadLoop::Keep([[maybe_unused]] std::shared_ptr<void> owner,
                              [[maybe_unused]] Gate::Pass pass, Task<void> task) {
  co_await std::move(task);
}

void WorkloadLoop::Run(std::string_view name, Task<void> task) {
  Gate::Pass pass = gate_.Enter();
  if (pass) Spawn(parts_.io, name, Keep(shared_from_this(), std::move(pass), std::move(task)));
}

void WorkloadLoop::End() {
  parts_.driver.SetWake({});
  running_ = false;
  steps_.End();
  observer_.End();
  for (const auto& policy : policies_) policy->End();
}

Task<void> WorkloadLoop::Stop() {
  if (!running_) co_return;
  End();
  const bool drained = co_await gate_.Drain(parts_.clock, parts_.clock.In(parts_.call_deadline));
  if (drained) co_return;
  parts_.log.Warn("control.stop_unfinished", {{"steps", gate_.inside()}});
  abandoned_ = true;
}

void WorkloadLoop::Abandon() {
  abandoned_ = true;
  gate_.Close();
  if (running_) End();
}

void WorkloadLoop::Apply(std::span<const store::Change> changes) {
  if (!running_) return;
  for (const store::Change& change : changes) {
    const bool order = change.record.kind == store::Kind::kTombstone;
    if (order && orphans_.Reconsider(WorkloadId(change.record.key))) observer_.Soon();
    for (const auto& policy : policies_) policy->Apply(change);
  }
}

void WorkloadLoop::TakeUp(const ShardSet& shards) {
  for (std::size_t shard = 0; shard < store::kShards; ++shard) {
    if (shards.test(shard)) taken_in_.at(shard) = observer_.begun();
  }
  unseen_ |= shards;
  for (const auto& policy : policies_) policy->Adopt(shards);
}

void WorkloadLoop::Gained(const ShardSet& shards) {
  if (!running_) return;
  parts_.log.Info("control.shards.gained", {{"shards", shards.count()}});
  TakeUp(shards);
  observer_.Soon();
}

void WorkloadLoop::Lost(const ShardSet& shards) {
  if (!running_) return;
  for (const auto& policy : policies_) policy->Disown(shards);
  std::vector<WorkloadId> gone;
  for (const auto& [id, key] : keys_) {
    if (shards.test(key.lease.shard)) gone.push_back(id);
  }
  for (const WorkloadId& id : gone) Forget(id);
  parts_.log.Info("control.shards.lost", {{"shards", shards.count()}, {"workloads", gone.size()}});
}

void WorkloadLoop::OnLooked() {
  ShardSet seen;
  for (std::size_t shard = 0; shard < store::kShards; ++shard)
    seen.set(shard, unseen_.test(shard) && taken_in_.at(shard) < observer_.ended());
  if (seen.none()) return;
  unseen_ &= ~seen;
  for (const auto& [id, key] : keys_) {
    if (seen.test(key.lease.shard)) steps_.Add(id);
  }
}

std::optional<store::Lease> WorkloadLoop::LeaseOf(const WorkloadId& id) const {
  for (const auto& policy : policies_) {
    if (const auto key = policy->ShardKeyOf(id)) return LeaseFor(*key);
  }
  return LeaseFor(id.str());
}

void WorkloadLoop::Track(WorkloadPolicy& policy, const WorkloadId& id, const StateEpoch& epoch,
                         bool adopted) {
  const auto lease = LeaseOf(id);
  if (!lease) return;
  Believe(id);
  const auto found = keys_.find(id);
  if (epoch.at_rest && found == keys_.end()) return;
  Key& key = found != keys_.end() ? found->second : keys_[id];
  key.policy = &policy;
  key.lease = *lease;
  const bool same = key.number != 0 && key.epoch.generation == epoch.generation &&
                    key.epoch.state == epoch.state && key.epoch.since == epoch.since;
  if (!same) BeginEpoch(key, epoch, adopted);
  steps_.Add(id);
}

void WorkloadLoop::BeginEpoch(Key& key, const StateEpoch& epoch, bool adopted) {
  const bool known = key.number != 0;
  const bool same_life = known && key.epoch.generation == epoch.generation;
  // A new life in the same state does not get the state's time anew.
  const bool same_state = known && key.epoch.state == epoch.state && key.epoch.since == epoch.since;
  // The wall clock tells nothing of it, and after a restart of the host nothing was spent on it.
  const Duration spent =
      adopted ? std::min(Between(epoch.since, MomentOf(parts_.clock)).value_or(Duration{0}),
                         epoch.limit)
              : Duration{0};
  const MonoTime now = parts_.clock.Mono();
  Key fresh;
  fresh.policy = key.policy;
  fresh.lease = key.lease;
  fresh.epoch = epoch;
  fresh.number = ++stays_;
  fresh.began = same_state ? key.began : now - spent;
  fresh.deadline = same_state                       ? key.deadline
                   : epoch.limit == Duration::max() ? MonoTime::max()
                                                    : now + (epoch.limit - spent);
  fresh.done.own = adopted || epoch.runs || (same_life && key.done.own);
  if (same_life) {
    fresh.done.fenced = key.done.fenced;
    fresh.done.ensured = key.done.ensured;
    fresh.done.past_starting = key.done.past_starting;
    if (epoch.runs && key.epoch.runs) {
      fresh.missing_since = key.missing_since;
      fresh.lost = key.lost;
    }
  }
  fresh.acted_at = observer_.begun();
  fresh.seen = std::move(key.seen);
  fresh.complete_at = key.complete_at;
  ActedOn(key);
  if (!adopted) {
    fresh.changed_at = now;
    unacted_.insert(now);
  }
  key = std::move(fresh);
}

void WorkloadLoop::DropKey(const WorkloadId& id) {
  const auto key = keys_.find(id);
  if (key == keys_.end()) return;
  ActedOn(key->second);
  keys_.erase(key);
}

void WorkloadLoop::Forget(const WorkloadId& id) {
  DropKey(id);
  Believe(id);
  steps_.SetDue(id, MonoTime::max());
  for (const auto& policy : policies_) policy->Forgotten(id);
}

/// Both sides are in the order of their ids, so one walk along them is enough. What is behind the
/// walk is as of this look; what is ahead of it, still as of the look before.
Task<void> WorkloadLoop::Ingest(Observer::Observed look) {
  std::deque<WorkloadState>& shown = look.seen.workloads;
  Slice slice(parts_.io);
  co_await PutInOrder(shown, slice);
  orphans_.BeginObservation();
  std::optional<WorkloadId> last;
  while (running_) {
    {
      const LoopWatch::Work work("digest");
      auto key = last ? keys_.upper_bound(*last) : keys_.begin();
      do {
        const bool is_shown =
            !shown.empty() && (key == keys_.end() || shown.front().id <= key->first);
        if (!is_shown && key == keys_.end()) break;
        last = is_shown ? shown.front().id : key->first;
        const bool is_tended = key != keys_.end() && key->first == *last;
        IngestOne(*last, is_tended ? &key->second : nullptr, TakeFirst(shown, *last), look);
        if (is_tended) ++key;
      } while (!slice.Spent());
      if (shown.empty() && key == keys_.end()) break;
    }
    co_await slice.Yield();
  }
  if (!running_) co_return;
  orphans_.EndObservation(look.seen.complete);
  if (parts_.admission != nullptr) parts_.admission->Observed();
}

void WorkloadLoop::IngestOne(const WorkloadId& id, Key* key, ObservedState shown,
                             const Observer::Observed& look) {
  const bool complete = look.seen.complete;
  orphans_.Ingest(shown);
  if (key == nullptr || (shown.empty() && !complete)) return;
  ObservedState news = complete ? ObservedState() : key->seen;
  MergeObserved(news, std::move(shown));
  const bool changed = !SamePhases(key->seen, news);
  key->seen = std::move(news);
  if (complete) {
    key->complete_at = look.number;
    NoteMissing(id, *key, look.number, look.begun);
  }
  if (changed || (complete && std::exchange(key->wants_look, false))) steps_.Add(id);
}

void WorkloadLoop::NoteMissing(const WorkloadId& id, Key& key, std::uint64_t number,
                               MonoTime begun) {
  if (!key.epoch.runs || number <= key.acted_at) return;
  if (Best(key.seen, key.epoch.generation) != nullptr) {
    key.missing_since.reset();
    key.lost = false;
  } else if (!key.missing_since) {
    key.missing_since = begun;
    steps_.Add(id);
  } else if (!key.lost && begun - *key.missing_since >= parts_.observe_every) {
    // Two looks that follow each other at once could both miss it for the same reason.
    key.lost = true;
    steps_.Add(id);
  }
}

std::optional<model::Capacity> WorkloadLoop::LivingOf(const WorkloadId& id) const {
  if (const auto key = keys_.find(id); key != keys_.end()) {
    for (const WorkloadState& state : key->second.seen)
      if (state.phase != Phase::kExited) return state.capacity;
  }
  return orphans_.LivingOf(id);
}

Ownership WorkloadLoop::OwnershipOf(const WorkloadState& state) const {
  for (const auto& policy : policies_) {
    if (const auto ownership = policy->OwnershipOf(state)) return *ownership;
  }
  return Ownership::kUnknown;
}

std::optional<MonoTime> WorkloadLoop::ActedOn(Key& key) {
  const std::optional<MonoTime> changed_at = std::exchange(key.changed_at, std::nullopt);
  if (changed_at) unacted_.erase(unacted_.find(*changed_at));
  return changed_at;
}

/// A loop that hangs shows it: the change that has waited longest counts, too.
double WorkloadLoop::LagMs() const {
  if (unacted_.empty()) return lag_ms_;
  return std::max(lag_ms_, MillisBetween(*unacted_.begin(), parts_.clock.Mono()));
}

bool WorkloadLoop::Idle() const {
  return steps_.idle() && orphans_.Idle() && !observer_.looking() &&
         std::ranges::all_of(policies_, [](const auto& policy) { return policy->idle(); });
}

bool WorkloadLoop::Past(MonoTime deadline) const {
  const MonoTime now = parts_.clock.Mono();
  if (now < deadline) return false;
  return observer_.looked() >= deadline || now - deadline >= parts_.call_deadline;
}

WorkloadFacts WorkloadLoop::FactsOf(const Key& key) const {
  const model::Generation generation = key.epoch.generation;
  WorkloadFacts facts{key.done};
  facts.current = Best(key.seen, generation);
  facts.past = Best(key.seen, generation - 1);
  facts.newer = Newer(key.seen, generation);
  if (!facts.own && facts.current != nullptr && facts.current->phase == Phase::kExited) {
    if (facts.newer == nullptr) facts.newer = facts.current;
    facts.current = nullptr;
  }
  facts.older_alive = OlderAlive(key.seen, generation);
  facts.past_ended = facts.past != nullptr && facts.past->phase == Phase::kExited;
  facts.certain = key.complete_at > key.acted_at;
  facts.missing = key.missing_since.has_value();
  facts.lost = key.lost;
  facts.expired = Past(key.deadline);
  facts.age = std::chrono::duration_cast<Duration>(parts_.clock.Mono() - key.began);
  return facts;
}

MonoTime WorkloadLoop::ScheduleNext(const WorkloadId& id, const Backoff& resting) {
  const MonoTime now = parts_.clock.Mono();
  MonoTime due = MonoTime::max();
  const auto consider = [&](MonoTime when) {
    if (when > now) due = std::min(due, when);
  };
  const auto found = keys_.find(id);
  if (found == keys_.end()) {
    consider(resting.retry_at());
    return due;
  }
  Key& key = found->second;
  if (const auto changed_at = ActedOn(key)) lag_ms_ = MillisBetween(*changed_at, now);
  consider(key.deadline);
  if (key.deadline <= now && !Past(key.deadline)) consider(key.deadline + parts_.call_deadline);
  consider(key.backoff.retry_at());
  consider(key.policy->NextObservation(id, FactsOf(key)));
  return due;
}

}  // namespace atelier::control
