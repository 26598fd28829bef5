#include "control/reconcile/loops.h"

namespace atelier::control {

Loops::Loops(Parts parts, std::function<std::shared_ptr<void>()> owner,
             std::function<void(Observer::Look)> digest)
    : parts_(std::move(parts)),
      owner_(std::move(owner)),
      calls_(parts_.io, parts_.clock),
      observer_(parts_.driver, calls_, parts_.clock, parts_.log, parts_.io,
                {.every = parts_.observe_every, .call_deadline = parts_.call_deadline},
                std::move(digest)),
      due_changed_(parts_.io),
      ending_(parts_.io) {}

void Loops::Start() {
  running_ = true;
  parts_.driver.SetWake([this, weak = std::weak_ptr<void>(owner_())] {
    if (const auto owner = weak.lock()) observer_.Soon();
  });
}

Task<void> Loops::Keep([[maybe_unused]] std::shared_ptr<void> owner,
                       [[maybe_unused]] Gate::Pass pass, Task<void> loop) {
  co_await std::move(loop);
}

void Loops::Run(std::string_view name, Task<void> loop) {
  Gate::Pass pass = gate_.Enter();
  if (pass) Spawn(parts_.io, name, Keep(owner_(), std::move(pass), std::move(loop)));
}

void Loops::End() {
  parts_.driver.SetWake({});
  running_ = false;
  observer_.End();
  due_changed_.Set();
  ending_.Set();
}

Task<void> Loops::Stop() {
  if (!running_) co_return;
  End();
  const bool drained = co_await gate_.Drain(parts_.clock, parts_.clock.In(parts_.call_deadline));
  if (!drained) {
    parts_.log.Warn(parts_.name + ".stop_unfinished", {{"steps", gate_.inside()}});
    abandoned_ = true;
  }
}

void Loops::Abandon() {
  abandoned_ = true;
  gate_.Close();
  if (running_) End();
}

}  // namespace atelier::control
