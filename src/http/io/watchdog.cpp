#include "http/io/watchdog.h"

#include <algorithm>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace atelier::http {

Watchdog::Watch::Watch(std::shared_ptr<Watchdog> dog, Watched& watched) : dog_(std::move(dog)) {
  position_ = dog_->watched_.insert(dog_->watched_.end(), &watched);
}

Watchdog::Watch::~Watch() {
  if (dog_->cursor_ == position_) ++dog_->cursor_;
  dog_->watched_.erase(position_);
  // Nothing left: the sleeper must not keep the I/O context, nor a clock that is about to go, busy.
  if (dog_->watched_.empty()) dog_->wake_signal_.emit(asio::cancellation_type::terminal);
}

void Watchdog::WakeBy(Deadline by) {
  wake_ = by;
  if (running_) {
    wake_signal_.emit(asio::cancellation_type::terminal);
  } else {
    running_ = true;
    Spawn(io_, "http watchdog", Run(shared_from_this()));
  }
}

Deadline Watchdog::CheckAll() {
  const MonoTime now = clock_.Mono();
  Deadline earliest = kNever;
  for (cursor_ = watched_.begin(); cursor_ != watched_.end();) {
    Watched& current = **cursor_++;
    earliest = std::min(earliest, current.Check(now));
  }
  return earliest;
}

Task<void> Watchdog::Run(std::shared_ptr<Watchdog> self) {
  while (!self->watched_.empty()) {
    const Deadline earliest = self->CheckAll();
    self->wake_ = std::max(earliest, self->clock_.In(kGrain));
    if (earliest == kNever) break;
    // A coroutine of its own, so that cancelling the sleep cancels nothing else.
    [[maybe_unused]] auto [ignored] =
        co_await asio::co_spawn(self->io_, self->clock_.SleepUntil(self->wake_),
                                asio::bind_cancellation_slot(self->wake_signal_.slot(), kNoThrow));
  }
  self->running_ = false;
  self->wake_ = kNever;
}

}  // namespace atelier::http
