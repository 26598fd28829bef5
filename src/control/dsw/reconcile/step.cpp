#include <array>
#include <utility>

#include <fmt/format.h>

#include "control/core/tombstones.h"
#include "control/dsw/change/moves.h"
#include "control/dsw/notebook.h"
#include "control/dsw/reconcile/engine.h"
#include "store/audit.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;
using model::Trigger;
using store::Kind;

namespace {

constexpr Duration kLateTimer{60'000};  // from here on the event says that the timer fired late
constexpr std::string_view kImageUnavailable = "ImageUnavailable";

bool TimerIsDue(const model::Instance& instance, WallTime now) {
  if (!instance.timer || instance.timer->due > now) return false;
  return instance.status == InstanceStatus::Stopped || instance.status == InstanceStatus::Failed ||
         model::Accepts(instance.status, Trigger::kStop);
}

}  // namespace

model::Actor Engine::System(std::string operation) {
  return {.principal = "acs:atelier::system",
          .request_id = parts_.random.Uuid(),
          .source_ip = {},
          .operation = std::move(operation)};
}

Task<Status> Engine::Commit(Matter matter, std::function<void(Draft&)> edit) {
  if (loop_.abandoned()) co_return Error(Code::kCancelled, "The reconciler is gone.");
  const directory::InstancePtr& now = matter.now;
  if (directory_.Find(now->id) != now) {
    co_return Error(Code::kAborted, "The instance changed meanwhile.");
  }
  Draft draft(*now, directory_.RevisionOf(now->id), MomentOf(parts_.clock), options_.max_events);
  edit(draft);
  Status committed = co_await control::Commit(parts_.store, matter.lease, std::move(draft));
  if (loop_.abandoned()) co_return Error(Code::kCancelled, "The reconciler is gone.");
  co_return committed;
}

std::optional<WorkloadStep> Engine::Decide(const WorkloadId& id, const WorkloadFacts* facts) {
  const directory::InstancePtr now = directory_.Find(id);
  if (now == nullptr) return std::nullopt;
  if (TimerIsDue(*now, parts_.clock.Wall())) {
    return WorkloadStep{.act = WorkloadAct::kWrite,
                        .write = [this, now](Turn turn) { return FireTimer({now, turn.lease}); }};
  }
  return facts == nullptr ? WorkloadStep() : StepOf(now, *facts);
}

WorkloadStep Engine::StepOf(const directory::InstancePtr& now, const WorkloadFacts& seen) {
  Facts facts;
  static_cast<WorkloadFacts&>(facts) = seen;
  facts.status = now->status;
  facts.desired = now->desired;
  facts.generation = now->generation;
  Decision decision = control::Decide(facts);
  switch (decision.act) {
    case Act::kWait:
      return {.act = WorkloadAct::kWait};
    case Act::kObserve:
      return {.act = WorkloadAct::kObserve};
    case Act::kMove:
      return {
          .act = WorkloadAct::kWrite,
          .write = [this, now, to = decision.to](Turn turn) { return Move({now, turn.lease}, to); },
          .intent = now->status == InstanceStatus::Creating};
    case Act::kFail:
      return {.act = WorkloadAct::kWrite, .write = [this, now, why = decision.reason](Turn turn) {
                return GiveUp({now, turn.lease}, why);
              }};
    case Act::kRecover: {
      // If it ended, the driver knows how.
      const bool ended = seen.current != nullptr && seen.current->phase == runtime::Phase::kExited;
      const std::string what = ended ? seen.current->reason : "The instance was lost.";
      return {.act = ended ? WorkloadAct::kWrite : WorkloadAct::kAskByName,
              .write = [this, now, what](Turn turn) { return Recover({now, turn.lease}, what); },
              .retried = true,
              .intent = true};
    }
    case Act::kFollow:
      return {.act = WorkloadAct::kWrite,
              .write = [this, now, newer = *seen.newer](
                           Turn turn) { return Follow({now, turn.lease}, newer); },
              .intent = true};
    case Act::kFence:
      return {.act = WorkloadAct::kFence};
    case Act::kEnsure:
      return {.act = WorkloadAct::kEnsure};
    case Act::kStop:
      // A deletion is about all of it, a life that only the host knows of included.
      return {.act = WorkloadAct::kStop, .every_life = now->status == InstanceStatus::Deleting};
    case Act::kForce:
      return {.act = WorkloadAct::kForce};
    case Act::kRemove:
      return {.act = WorkloadAct::kRemove};
    case Act::kErase:
      return {.act = WorkloadAct::kWrite,
              .write = [this, now](Turn turn) { return Erase({now, turn.lease}); },
              .retried = true};
    case Act::kOverdue:
      return {.act = WorkloadAct::kOverdue,
              .write = [this, now](Turn turn) { return SayOverdue({now, turn.lease}); }};
    case Act::kRest:
      return {.act = WorkloadAct::kRest};
  }
  return {};
}

Task<Status> Engine::Move(Matter matter, InstanceStatus to) {
  return Commit(std::move(matter), [to](Draft& draft) {
    draft.MoveTo(Trigger::kProgress, to);
    if (to == InstanceStatus::Running) draft.AddEvent(EventLevel::Info, "Running.");
    if (to == InstanceStatus::Stopped) draft.AddEvent(EventLevel::Info, "Stopped.");
  });
}

Task<Status> Engine::GiveUp(Matter matter, Reason reason) {
  const directory::InstancePtr& now = matter.now;
  parts_.log.Warn("control.instance.failed", {{"instance", now->id},
                                              {"generation", now->generation},
                                              {"from", EnumName(now->status)},
                                              {"code", reason.code},
                                              {"message", reason.message}});
  return Commit(std::move(matter), [reason](Draft& draft) { Fail(draft, reason); });
}

Task<Status> Engine::Recover(Matter matter, const std::string& what) {
  return Commit(std::move(matter), [what](Draft& draft) {
    ++draft.Edit().generation;
    if (draft.instance().status == InstanceStatus::Running) {
      draft.MoveTo(Trigger::kProgress, InstanceStatus::Recovering);
    }
    draft.AddEvent(EventLevel::Warning, what + " Starting it again.");
  });
}

/// An older store was put back. Generations of a history that it has lost are not used again.
Task<Status> Engine::Follow(Matter matter, const runtime::WorkloadState& newer) {
  const bool ended = newer.phase == runtime::Phase::kExited;
  return Commit(std::move(matter), [ended, generation = newer.generation](Draft& draft) {
    draft.Edit().generation = generation + (ended ? 1 : 0);
    draft.AddEvent(EventLevel::Info, ended ? "Its record was older than what has run."
                                           : "Adopted: its record was older than what runs.");
  });
}

Task<Status> Engine::FireTimer(Matter matter) {
  return Commit(std::move(matter), [actor = System("StopInstance")](Draft& draft) {
    const WallTime due = draft.instance().timer->due;
    draft.Edit().timer.reset();
    if (!model::Accepts(draft.instance().status, Trigger::kStop)) {
      draft.AddEvent(EventLevel::Info,
                     fmt::format("The shutdown timer of {} passed: already {}.", FormatSeconds(due),
                                 EnumName(draft.instance().status)));
      return;
    }
    std::string why = fmt::format("its shutdown timer was due at {}", FormatSeconds(due));
    if (const Duration late = draft.now() - due; late >= kLateTimer) {
      why += fmt::format(", {} s ago, when the server was not there to see it",
                         std::chrono::duration_cast<std::chrono::seconds>(late).count());
    }
    BeginStop(draft, why + ".");
    draft.AddWrite(store::Audit(actor, draft.instance().id.str(), draft.now()));
  });
}

Task<Result<runtime::Workload>> Engine::SpecOf(WorkloadId id) {
  const directory::InstancePtr now = directory_.Find(id);
  if (now == nullptr) co_return Error(Code::kAborted, "The instance is gone.");
  const model::Image* image = catalogue_.FindImage(now->image_id);
  if (image == nullptr) {
    co_return Error(
        Code::kFailedPrecondition,
        fmt::format("Image {} is not offered any more. Choose another with UpdateInstance.",
                    now->image_id),
        std::string(kImageUnavailable));
  }
  co_return NotebookWorkload(*now, *image, options_.site, notebook_secret_);
}

Task<Status> Engine::WriteRefused(WorkloadId id, store::Lease lease, Error why) {
  const directory::InstancePtr now = directory_.Find(id);
  if (now == nullptr) co_return Error(Code::kAborted, "The instance is gone.");
  const bool named = why.reason() == runtime::kHomeMissing || why.reason() == kImageUnavailable;
  co_return co_await GiveUp({now, lease},
                            {named ? std::string(why.reason()) : "StartRefused", why.message()});
}

Task<Status> Engine::Erase(Matter matter) {
  const auto& [now, lease] = matter;
  // The instance goes last: until then a new server finds it and goes on here.
  static constexpr std::array kKinds = {Kind::kLifecycleStep, Kind::kEvent};
  ATELIER_CO_TRY(const bool erased,
                 co_await ErasePage(parts_.store, lease, kKinds, now->id.str() + "/"));
  if (erased || loop_.abandoned()) co_return Ok();
  const std::string name_key = NameKey(now->workspace, now->name);
  const auto name = co_await parts_.store.Get(Kind::kInstanceName, name_key);
  if (loop_.abandoned()) co_return Ok();
  store::Batch batch;
  if (name && name->body == ToJson(now->id)) {
    batch.push_back(store::Write::Delete(Kind::kInstanceName, name_key, name->revision));
  }
  batch.push_back(
      store::Write::Delete(Kind::kInstance, now->id.str(), directory_.RevisionOf(now->id)));
  batch.push_back(Bury(now->id, now->generation, parts_.clock.Wall()));
  batch.push_back(store::Guard(lease));
  ATELIER_CO_RETURN_IF_ERROR(co_await parts_.store.CommitFromReserve(std::move(batch)));
  parts_.log.Info("control.instance.gone", {{"instance", now->id}});
  co_return Ok();
}

Task<Status> Engine::SayOverdue(Matter matter) {
  return Commit(std::move(matter), [](Draft& draft) {
    draft.AddEvent(EventLevel::Warning,
                   "The deletion takes longer than expected. The server keeps trying.");
  });
}

}  // namespace atelier::control
