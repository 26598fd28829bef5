#include "control/core/orphans.h"

#include <algorithm>
#include <utility>

#include "control/core/admission.h"
#include "control/core/tombstones.h"
#include "control/core/workload_loop.h"
#include "model/service.h"

namespace atelier::control {

using runtime::Phase;
using runtime::WorkloadState;

namespace {

constexpr std::size_t kWidth = 4;
constexpr Duration kAgain{30'000};    // before the same one is looked at again
constexpr Duration kForget{600'000};  // since it was last shown, if not all is shown

}  // namespace

Orphans::Orphans(WorkloadLoop& loop)
    : loop_(loop),
      queue_(loop.parts().io, "control.orphan", kWidth, loop.gate(), loop.owner(),
             [this](WorkloadId id, WorkerSlot& slot) { return Examine(std::move(id), slot); }) {}

std::size_t Orphans::size() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      entries_, [](const auto& entry) { return entry.second.orphan && !entry.second.ended; }));
}

std::vector<Orphan> Orphans::List() const {
  std::vector<Orphan> list;
  for (const auto& [id, entry] : entries_) {
    if (!entry.orphan) continue;
    list.push_back({.id = id,
                    .replica = model::IsReplicaId(id),
                    .generation = entry.generation,
                    .ended = entry.ended,
                    .newer = entry.ownership == Ownership::kNewer,
                    .capacity = entry.capacity,
                    .image_prefix = entry.image_prefix});
  }
  return list;
}

std::optional<model::Capacity> Orphans::LivingOf(const model::InstanceId& id) const {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.ended) return std::nullopt;
  return found->second.capacity;
}

bool Orphans::Reconsider(const model::InstanceId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  found->second.look_at = {};
  return true;
}

void Orphans::Ingest(const ObservedState& states) {
  const WorkloadState* orphan = nullptr;  // two lives: the younger one counts
  Ownership ownership{};
  for (const WorkloadState& state : states) {
    if (orphan != nullptr && state.generation < orphan->generation) continue;
    const Ownership of_it = loop_.OwnershipOf(state);
    const bool has_ended = state.phase == Phase::kExited;
    // An ended one that is newer than its record is no decision to take: the next start goes above
    // it.
    if (of_it == Ownership::kOurs || (has_ended && of_it != Ownership::kUnknown)) continue;
    orphan = &state;
    ownership = of_it;
  }
  if (orphan == nullptr) {
    if (!states.empty()) entries_.erase(states.front().id);
    return;
  }
  const bool ended = orphan->phase == Phase::kExited;
  Entry& entry = entries_[orphan->id];
  if (entry.seen_in == 0 || entry.generation != orphan->generation ||
      entry.ownership != ownership || entry.ended != ended) {
    entry = {.generation = orphan->generation,
             .ownership = ownership,
             .ended = ended,
             .look_at = {},
             .seen_at = {},
             .capacity = orphan->capacity,
             .image_prefix = orphan->image_prefix};
    Admission* const admission = loop_.parts().admission;
    if (admission != nullptr && !ended) admission->Found(orphan->id);
  }
  entry.seen_at = loop_.parts().clock.Mono();
  entry.seen_in = look_;
  if (orphan->phase == Phase::kStopping || entry.look_at > entry.seen_at) return;
  entry.look_at = loop_.parts().clock.In(kAgain);
  queue_.Add(orphan->id);
}

void Orphans::EndObservation(bool complete) {
  const MonoTime now = loop_.parts().clock.Mono();
  std::erase_if(entries_, [&](const auto& one) {
    const Entry& entry = one.second;
    // "Not seen" in a part is not "gone".
    return entry.seen_in != look_ && (complete || now - entry.seen_at >= kForget);
  });
}

Task<void> Orphans::Examine(model::InstanceId id, WorkerSlot& slot) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) co_return;
  const Entry entry = found->second;
  const bool ordered = co_await IsOrdered(id, entry);
  if (loop_.abandoned() || !ordered) co_return;
  if (const auto now = entries_.find(id); now != entries_.end()) now->second.orphan = false;
  co_await End(std::move(id), entry, slot);
}

Task<bool> Orphans::IsOrdered(model::InstanceId id, Entry entry) {
  if (entry.ownership == Ownership::kEnded) co_return true;
  if (entry.ownership == Ownership::kUnknown) {
    // The directories leave out what they cannot read; the workload may well be wanted.
    for (const auto& policy : loop_.policies()) {
      const auto record = co_await loop_.parts().store.Get(policy->kind(), id.str());
      if (loop_.abandoned()) co_return false;
      if (!record && record.error().code() == Code::kNotFound) continue;
      loop_.parts().log.Warn("control.orphan.left_alone",
                             {{"id", id}, {"generation", entry.generation}});
      co_return false;
    }
  }
  const auto buried = co_await loop_.parts().store.Get(store::Kind::kTombstone, id.str());
  if (loop_.abandoned()) co_return false;
  if (!buried && buried.error().code() != Code::kNotFound) co_return false;
  if (buried) {
    const auto tombstone = FromRecord<Tombstone>(buried->body);
    if (tombstone && entry.generation <= tombstone->generation &&
        !(entry.ended && tombstone->keep_files)) {
      co_return true;
    }
  }
  Report(id, entry);
  co_return false;
}

/// Once a life.
void Orphans::Report(const model::InstanceId& id, const Entry& entry) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.generation != entry.generation) return;
  if (std::exchange(found->second.orphan, true) || entry.ended) return;
  loop_.parts().log.Warn(
      "control.orphan",
      {{"id", id},
       {"generation", entry.generation},
       {"why", entry.ownership == Ownership::kNewer ? "the record is older" : "no record"},
       {"effect", "it runs on; see Backup in docs/operating.md"}});
}

Task<void> Orphans::End(model::InstanceId id, Entry entry, WorkerSlot& slot) {
  if (!loop_.LeaseOf(id)) co_return;  // another server's to end
  const Deadline by = loop_.parts().clock.In(loop_.parts().call_deadline);
  if (!entry.ended) {
    loop_.parts().log.Warn("control.orphan.stop", {{"id", id}, {"generation", entry.generation}});
    const Status stopped = co_await loop_.Call(
        by, &slot, loop_.parts().driver.Stop(id, entry.generation, runtime::StopMode::kGrace, by));
    if (!stopped && !loop_.abandoned())
      loop_.parts().log.Warn("control.orphan.stop_failed",
                             {{"id", id}, {"error", stopped.error().ToString()}});
    co_return;  // found again once it has ended
  }
  // Its deletion was cut short; what fails now is tried again at a later look.
  [[maybe_unused]] const Status removed =
      co_await loop_.Call(by, &slot, loop_.parts().driver.Remove(id, by));
}

}  // namespace atelier::control
