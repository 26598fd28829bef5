#include "base/log_sampler.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace atelier {

bool LogSampler::Admit(std::string_view kind) {
  using std::chrono::seconds;
  const MonoTime now = clock_.Mono();
  Tick();
  const std::scoped_lock lock(mutex_);
  if (kinds_.size() >= kMaxKinds && !kinds_.contains(kind)) kind = "other";
  auto found = kinds_.find(kind);
  if (found == kinds_.end())
    found = kinds_.emplace(std::string(kind), Kind{.refilled = now, .since = {}}).first;
  Kind& of = found->second;
  const auto gained = std::chrono::duration_cast<seconds>(now - of.refilled);
  of.refilled += gained;
  of.left = std::min<std::int64_t>(kBurst, of.left + gained.count());
  if (of.left > 0) {
    --of.left;
    return true;
  }
  if (of.left_out++ == 0) {
    of.since = now;
    next_tell_ = std::min<MonoTime>(next_tell_.load(), now + kTellEvery);
  }
  return false;
}

void LogSampler::Tell(bool all) {
  const MonoTime now = clock_.Mono();
  const std::scoped_lock lock(mutex_);
  MonoTime next = MonoTime::max();
  for (auto& [name, kind] : kinds_) {
    if (kind.left_out == 0) continue;
    if (!all && now < kind.since + kTellEvery) {
      next = std::min<MonoTime>(next, kind.since + kTellEvery);
      continue;
    }
    const auto took = std::chrono::ceil<std::chrono::seconds>(now - kind.since);
    log_.Info(
        "log.sampled",
        {{"kind", name}, {"more", std::exchange(kind.left_out, 0)}, {"seconds", took.count()}});
  }
  next_tell_ = next;
}

}  // namespace atelier
