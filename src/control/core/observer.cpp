#include "control/core/observer.h"

#include <algorithm>
#include <utility>

namespace atelier::control {

namespace {

constexpr Duration kMinPause{20};  // between two looks, however often the driver wakes us
constexpr int kPauseOverCost = 4;  // looking takes at most a fifth of the time

}  // namespace

Observer::Observer(runtime::Driver& driver, DriverCalls& calls, Clock& clock, Logger& log,
                   const asio::any_io_executor& io, Options options,
                   std::function<Task<void>(Observed)> ingest, std::function<void()> looked)
    : driver_(driver),
      calls_(calls),
      clock_(clock),
      log_(log),
      options_(options),
      ingest_(std::move(ingest)),
      on_looked_(std::move(looked)),
      wanted_(io) {}

void Observer::End() {
  ended_ = true;
  wanted_.Set();
}

Task<void> Observer::Run() {
  Duration pause = kMinPause;
  while (!ended_) {
    const MonoTime last = clock_.Mono();
    co_await wanted_.Wait(clock_, last + options_.every);
    if (ended_) co_return;
    co_await clock_.SleepUntil(last + pause);
    if (ended_) co_return;
    const MonoTime begun = clock_.Mono();
    co_await Once();
    const auto cost = std::chrono::duration_cast<Duration>(clock_.Mono() - begun);
    pause = std::clamp(kPauseOverCost * cost, kMinPause, std::max(kMinPause, options_.every));
  }
}

Task<void> Observer::Once() {
  const std::uint64_t number = ++begun_;
  const MonoTime begun = clock_.Mono();
  const Deadline by = clock_.In(options_.call_deadline);
  looking_ = true;
  auto observation = co_await calls_.Within(by, nullptr, driver_.Observe(by));
  if (!ended_ && observation.has_value() != well_) {
    well_ = observation.has_value();
    if (well_) {
      log_.Info("control.observe.healed");
    } else {
      log_.Warn("control.observe.failed", {{"error", observation.error().ToString()}});
    }
  }
  if (!ended_ && observation)
    co_await ingest_({.number = number, .begun = begun, .seen = *std::move(observation)});
  looking_ = false;
  if (ended_) co_return;
  looked_ = begun;
  ended_number_ = number;
  on_looked_();
}

}  // namespace atelier::control
