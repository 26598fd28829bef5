#include "control/reconcile/keyed_queue.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace atelier::control {

KeyedQueue::KeyedQueue(asio::any_io_executor executor, std::string name, std::size_t width,
                       Gate& gate, std::function<std::shared_ptr<void>()> owner, Body body)
    : executor_(std::move(executor)),
      name_(std::move(name)),
      width_(width),
      gate_(gate),
      owner_(std::move(owner)),
      body_(std::move(body)) {}

void KeyedQueue::Place::GiveUp() {
  if (!held_ || queue_.slow_ >= kMostSlow) return;
  held_ = false;
  --queue_.working_;
  ++queue_.slow_;
  queue_.Pump();
}

void KeyedQueue::Add(const model::InstanceId& id) {
  const auto [it, fresh] = entries_.try_emplace(id);
  if (!fresh) {
    it->second.again = it->second.working;
    return;
  }
  waiting_.push_back(id);
  Pump();
}

void KeyedQueue::Open() {
  open_ = true;
  Pump();
}

void KeyedQueue::Pump() {
  while (open_ && working_ < width_ && !waiting_.empty()) {
    Gate::Pass pass = gate_.Enter();
    if (!pass) return;
    const model::InstanceId id = std::move(waiting_.front());
    waiting_.pop_front();
    entries_.at(id).working = true;
    ++working_;
    Spawn(executor_, name_, Work(id, owner_(), std::move(pass)));
  }
}

void KeyedQueue::Finish(const model::InstanceId& id, const Place& place) {
  --(place.held_ ? working_ : slow_);
  const auto entry = entries_.find(id);
  if (entry->second.again) {
    entry->second = {};
    waiting_.push_back(id);
  } else {
    entries_.erase(entry);
  }
  Pump();
}

Task<void> KeyedQueue::Work(model::InstanceId id, [[maybe_unused]] std::shared_ptr<void> owner,
                            [[maybe_unused]] Gate::Pass pass) {
  // A body that finds nothing to do ends at once and starts the next: without this turn of the loop
  // ten thousand of them would nest on one stack.
  co_await asio::post(executor_, asio::use_awaitable);
  Place place(*this);
  co_await body_(id, place);
  Finish(id, place);
}

}  // namespace atelier::control
