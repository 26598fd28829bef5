#pragma once
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace atelier::control {

/// When each of many is to be looked at next.
class DueTimes {
 public:
  /// max(): not at all. True: it is the earliest now.
  bool Set(const model::InstanceId& id, MonoTime when) {
    if (const auto old = due_of_.find(id); old != due_of_.end()) {
      if (old->second == when) return false;
      due_.erase({old->second, id});
      due_of_.erase(old);
    }
    if (when == MonoTime::max()) return false;
    due_of_[id] = when;
    return due_.emplace(when, id).first == due_.begin();
  }
  /// One that is due at `now`, which is then due no more.
  std::optional<model::InstanceId> Take(MonoTime now) {
    if (due_.empty() || due_.begin()->first > now) return std::nullopt;
    model::InstanceId id = due_.begin()->second;
    Set(id, MonoTime::max());
    return id;
  }
  /// max(): none.
  MonoTime Next() const { return due_.empty() ? MonoTime::max() : due_.begin()->first; }

 private:
  std::map<model::InstanceId, MonoTime> due_of_;
  std::set<std::pair<MonoTime, model::InstanceId>> due_;
};

}  // namespace atelier::control
