#include "base/loop_watch.h"

#include <utility>

#include "base/metrics.h"

namespace atelier {

namespace {

constexpr std::string_view kOther = "other";

constinit thread_local LoopWatch* watch_of_thread = nullptr;

}  // namespace

LoopWatch::LoopWatch(Logger& log, Clock::time_point (*now)())
    : log_(log), now_(now), since_(now()) {
  watch_of_thread = this;
  loop_wait = this;
}

LoopWatch::~LoopWatch() {
  watch_of_thread = nullptr;
  loop_wait = nullptr;
}

void LoopWatch::After() {
  since_ = now_();
  longest_ = {};
}

void LoopWatch::Before() {
  const Clock::duration took = now_() - since_;
  if (took <= kLimit) return;
  const std::string_view by = longest_ * 2 >= took ? by_ : kOther;
  {
    const std::scoped_lock lock(mutex_);
    auto held = held_.find(by);
    if (held == held_.end()) held = held_.emplace(std::string(by), Held()).first;
    ++held->second.times;
    held->second.in_all += took;
  }
  log_.Debug(
      "loop.held",
      {{"by", by}, {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
}

void LoopWatch::AppendText(std::string& out, std::span<const LoopWatch* const> watches) {
  Counts all;
  for (const LoopWatch* watch : watches) {
    const std::scoped_lock lock(watch->mutex_);
    for (const auto& [by, held] : watch->held_) {
      all[by].times += held.times;
      all[by].in_all += held.in_all;
    }
  }
  std::string seconds;
  metrics::AppendHead(out, "atelier_loop_held_total", "counter",
                      "Times that no request was looked for in over 5 ms, by what ran.");
  for (const auto& [by, held] : all) {
    const std::string label = metrics::Label("by", by);
    metrics::AppendSample(out, "atelier_loop_held_total", label, held.times);
    metrics::AppendSample(seconds, "atelier_loop_held_seconds_total", label,
                          std::chrono::duration<double>(held.in_all).count());
  }
  metrics::AppendHead(out, "atelier_loop_held_seconds_total", "counter",
                      "The length of these times together.");
  out += seconds;
}

std::uint64_t LoopWatch::Times(std::string_view by) const {
  const std::scoped_lock lock(mutex_);
  const auto held = held_.find(by);
  return held == held_.end() ? 0 : held->second.times;
}

LoopWatch::Work::Work(std::string_view name) : watch_(watch_of_thread), name_(name) {
  if (watch_ != nullptr) begun_ = watch_->now_();
}

LoopWatch::Work::~Work() {
  if (watch_ == nullptr) return;
  const Clock::duration took = watch_->now_() - begun_;
  if (took <= watch_->longest_) return;
  watch_->longest_ = took;
  watch_->by_ = name_;
}

}  // namespace atelier
