#pragma once
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"

namespace atelier::control {

/// When each of many is to be looked at next, by `Time`.
template <class Key, class Time = MonoTime>
class DueTimes {
 public:
  /// max(): not at all. True: it is the earliest now.
  bool Set(const Key& key, Time when) {
    if (const auto old = due_of_.find(key); old != due_of_.end()) {
      if (old->second == when) return false;
      due_.erase({old->second, key});
      due_of_.erase(old);
    }
    if (when == Time::max()) return false;
    due_of_[key] = when;
    return due_.emplace(when, key).first == due_.begin();
  }
  /// One that is due at `now`, which is then due no more.
  std::optional<Key> Take(Time now) {
    if (due_.empty() || due_.begin()->first > now) return std::nullopt;
    Key key = due_.begin()->second;
    Set(key, Time::max());
    return key;
  }
  /// Those that `goes` is true of are due no more.
  template <class Goes>
  void DropIf(Goes goes) {
    std::erase_if(due_, [&](const auto& entry) { return goes(entry.second); });
    std::erase_if(due_of_, [&](const auto& entry) { return goes(entry.first); });
  }
  /// max(): none.
  Time Next() const { return due_.empty() ? Time::max() : due_.begin()->first; }

 private:
  std::map<Key, Time> due_of_;
  std::set<std::pair<Time, Key>> due_;
};

}  // namespace atelier::control
