#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace atelier {

/// The latest points of many things, each in a ring of its own, within one budget for all.
///
/// While the budget lasts each has up to `most` points; then the rings of what is retired go first,
/// the longest retired first, and the others share the budget evenly. One thread.
template <class Key, class Point>
class SharedRings {
 public:
  /// Points that a ring keeps whatever the budget.
  static constexpr std::size_t kMin = 8;

  struct Ring {
    std::deque<Point> points;  // oldest first
    bool cut = false;          // there were older ones
    std::optional<typename std::list<Key>::iterator> retired;
  };

  /// `budget`: in points.
  SharedRings(std::size_t most, std::size_t budget)
      : most_(std::max<std::size_t>(1, most)), budget_(budget) {}

  /// Of what is retired: it is back.
  void Add(const Key& key, Point point) {
    Ring& ring = rings_[key];
    if (ring.retired) {
      retired_.erase(*ring.retired);
      ring.retired.reset();
    }
    while (points_ >= budget_ && !retired_.empty()) Forget(Key(retired_.front()));
    const std::size_t share = std::max(kMin, budget_ / rings_.size());
    Trim(ring, (points_ < budget_ ? most_ : std::min(most_, share)) - 1);
    ring.points.push_back(std::move(point));
    ++points_;
  }
  /// It ended: its points stay until others need the room.
  void Retire(const Key& key) {
    const auto found = rings_.find(key);
    if (found == rings_.end() || found->second.retired) return;
    found->second.retired = retired_.insert(retired_.end(), key);
  }
  void Forget(const Key& key) {
    const auto found = rings_.find(key);
    if (found == rings_.end()) return;
    Trim(found->second, 0);
    if (found->second.retired) retired_.erase(*found->second.retired);
    rings_.erase(found);
  }
  /// nullptr: it has no points.
  const Ring* Find(const Key& key) const {
    const auto found = rings_.find(key);
    return found == rings_.end() ? nullptr : &found->second;
  }
  /// By key; each has a point.
  const std::map<Key, Ring>& all() const { return rings_; }
  std::size_t retired() const { return retired_.size(); }
  std::size_t points() const { return points_; }

 private:
  void Trim(Ring& ring, std::size_t keep) {
    while (ring.points.size() > keep) {
      ring.points.pop_front();
      ring.cut = true;
      --points_;
    }
  }

  const std::size_t most_;
  const std::size_t budget_;
  std::size_t points_ = 0;
  std::map<Key, Ring> rings_;
  std::list<Key> retired_;  // longest retired first
};

}  // namespace atelier
