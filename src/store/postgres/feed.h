#pragma once
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "store/postgres/connection.h"
#include "store/postgres/fence.h"
#include "store/record.h"

namespace atelier::store::postgres {

/// How far the changes have been handed over, to be shown to the listeners: moved after the
/// hand-over, by whoever did it, so that who begins here leaves nothing out. Threads: any.
class Place {
 public:
  explicit Place(Head head) : head_(std::move(head)) {}
  Head Get() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  /// Never back.
  void Advance(const Head& head) {
    const std::lock_guard lock(mutex_);
    if (head.revision > head_.revision) head_ = head;
  }

 private:
  mutable std::mutex mutex_;
  Head head_;
};

/// What a look at the commits behind a place shows.
struct Look {
  /// kBack: the database does not know the place. kBehind: it no longer keeps what came after it.
  /// kHole: a commit is missing. There are no changes then.
  enum class State : std::uint8_t { kOk, kBack, kBehind, kHole };
  State state = State::kOk;
  bool ours = false;            // this server still has a part in the database
  std::vector<Change> changes;  // in commit order
  Head upto;                    // where they end
  bool all = false;             // the last commit is among them
};
/// One statement, so that what it shows is as of one moment.
Statement LookBehind(const Head& place, const Fence& fence);
Look ReadLook(const Rows& rows);

/// All rows but the first show a change each, from the column `first_column` on: revision, op,
/// kind, key and body.
std::vector<Change> ReadChanges(const Rows& rows, int first_column);

/// Why a server that has looked must write nothing more; Ok: it may.
Status Verdict(const Look& look);

}  // namespace atelier::store::postgres
