#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "control/change/erase.h"
#include "control/change/moves.h"
#include "control/notebook.h"
#include "control/reconcile/engine.h"

namespace atelier::control {

using model::EventLevel;
using runtime::StopMode;
using store::Kind;
using store::Write;

Task<bool> Engine::Ensure(directory::InstancePtr now, Place& place) {
  const model::Image* image = parts_.catalogue.FindImage(now->image_id);
  if (image == nullptr) {
    co_return co_await GiveUp(
        now, {"ImageUnavailable",
              fmt::format("Image {} is not offered any more. Choose another with UpdateInstance.",
                          now->image_id)});
  }
  const std::uint64_t stay = StayOf(now->id);
  const Deadline by = CallDeadline(now->id);
  const Status accepted = co_await loops_.Call(
      by, &place,
      parts_.driver.Ensure(
          NotebookWorkload(*now, *image, parts_.options.site, parts_.notebook_secret), by));
  ATELIER_FAILPOINT("control.after_ensure");
  Key* key = KeyIn(now->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  key->acted_at = loops_.observer().begun();
  if (accepted) {
    if (key->ensured) Postpone(now->id);  // accepted before, and not there since
    key->ensured = true;
    co_return true;
  }
  if (MayPass(accepted.error().code())) {
    parts_.log.Warn("control.ensure.failed",
                    {{"instance", now->id}, {"error", accepted.error().ToString()}});
    Postpone(now->id);
    co_return true;  // the deadline may have come meanwhile
  }
  const bool homeless = accepted.error().reason() == runtime::kHomeMissing;
  co_return co_await GiveUp(
      now, {homeless ? runtime::kHomeMissing : "StartRefused", accepted.error().message()});
}

Task<bool> Engine::StopWorkload(directory::InstancePtr now, Act act, Place& place) {
  model::Generation upto = act == Act::kFence ? now->generation - 1 : now->generation;
  if (now->status == model::InstanceStatus::Deleting) {
    // All of it goes, a life that only the host knows of included.
    for (const auto& state : keys_.at(now->id).seen) upto = std::max(upto, state.generation);
  }
  const std::uint64_t stay = StayOf(now->id);
  const Deadline by = CallDeadline(now->id);
  const Key* asked = KeyIn(now->id, stay);
  const bool overdue = act == Act::kForce || (asked != nullptr && asked->overdue_said);
  const StopMode mode = overdue ? StopMode::kNow : StopMode::kGrace;
  const Status stopped =
      co_await loops_.Call(by, &place, parts_.driver.Stop(now->id, upto, mode, by));
  Key* key = KeyIn(now->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  key->acted_at = loops_.observer().begun();
  if (act == Act::kForce) {
    // Whatever it answered: one more look within the time of a call, then the state ends.
    key->forced = true;
    key->stop_accepted = key->stop_accepted || stopped.has_value();
    key->deadline = parts_.clock.In(parts_.options.call_deadline);
    co_return true;
  }
  if (!stopped) {
    parts_.log.Warn("control.stop.failed",
                    {{"instance", now->id}, {"error", stopped.error().ToString()}});
    Postpone(now->id);
    co_return true;  // the deadline may have come meanwhile
  }
  (act == Act::kFence ? key->fenced : key->stop_accepted) = true;
  key->failures = 0;
  co_return true;
}

Task<bool> Engine::Remove(directory::InstancePtr now, Place& place) {
  const std::uint64_t stay = StayOf(now->id);
  const Deadline by = CallDeadline(now->id);
  const Status removed = co_await loops_.Call(by, &place, parts_.driver.Remove(now->id, by));
  Key* key = KeyIn(now->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  if (removed) {
    key->removed = true;
    co_return true;
  }
  parts_.log.Warn("control.remove.failed",
                  {{"instance", now->id}, {"error", removed.error().ToString()}});
  key->stop_accepted = false;
  Postpone(now->id);
  co_return true;
}

Task<bool> Engine::Erase(directory::InstancePtr now) {
  // The instance goes last: until then a new server finds it and goes on here.
  static constexpr std::array kKinds = {Kind::kLifecycleStep, Kind::kEvent};
  const auto erased = co_await ErasePage(parts_.store, kKinds, now->id.str() + "/");
  if (loops_.abandoned()) co_return false;
  if (!erased) co_return After(erased.error(), now->id);
  if (*erased) co_return true;
  const std::string name_key = NameKey(now->workspace, now->name);
  const auto name = co_await parts_.store.Get(Kind::kInstanceName, name_key);
  if (loops_.abandoned()) co_return false;
  store::Batch batch;
  if (name && name->body == ToJson(now->id)) {
    batch.push_back(Write::Delete(Kind::kInstanceName, name_key, name->revision));
  }
  batch.push_back(
      Write::Delete(Kind::kInstance, now->id.str(), parts_.directory.RevisionOf(now->id)));
  batch.push_back(Bury(now->id, now->generation, parts_.clock.Wall()));
  const auto committed = co_await parts_.store.CommitFromReserve(std::move(batch));
  if (!committed) co_return After(committed.error(), now->id);
  parts_.log.Info("control.instance.gone", {{"instance", now->id}});
  co_return false;
}

Task<bool> Engine::SayOverdue(directory::InstancePtr now) {
  const std::uint64_t stay = StayOf(now->id);
  parts_.log.Warn("control.delete.overdue", {{"instance", now->id}});
  if (const Key* key = KeyIn(now->id, stay); key != nullptr && !key->overdue_said) {
    const Status committed = co_await Commit(now, [](Draft& draft) {
      draft.Note(EventLevel::Warning,
                 "The deletion takes longer than expected. The server keeps trying.");
    });
    if (!committed) co_return After(committed, now->id);
  }
  Key* key = KeyIn(now->id, stay);
  if (key == nullptr) co_return true;
  key->overdue_said = true;
  key->stop_accepted = false;
  key->deadline = parts_.clock.In(parts_.options.stop_deadline);
  co_return true;
}

}  // namespace atelier::control
