#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/task.h"
#include "base/wait_queue.h"
#include "directory/directory.h"
#include "directory/service_directory.h"
#include "model/ids.h"
#include "store/store.h"

namespace atelier::directory {

/// What people look at, and want to know that it changed.
enum class Topic : std::uint8_t { kInstance, kService, kRecommender, kWorkspace };
inline constexpr std::size_t kTopicCount = 4;

/// That something changed, not what: its name, and by what it is known whom it may be told.
struct RecentChange {
  Topic topic{};
  std::string id;                // of a service: its name
  model::WorkspaceId workspace;  // where it is, or was; empty: in none
  model::UserId owner;
  bool shared = false;  // with every member of the workspace
  model::Revision revision = 0;
};

/// The latest changes of what people look at, for those who follow them (docs/decisions/0051): each
/// thing once, at its latest revision, in the order of these. So one that changes without end
/// takes one place, and who is slow is told of it once. What passes from some eyes to others
/// (private, shared) is there for both.
///
/// Bounded: the oldest are forgotten, and who had not heard of them learns that there is a gap.
/// Remembers nothing before Start: a server that nobody follows does no work for it. Threads: the
/// I/O thread.
class RecentChanges final : public store::Listener {
 public:
  /// 16k of them are 5 MB at most, and more than a browser is away for when it connects again.
  static constexpr std::size_t kLimit = 1U << 14U;

  /// The directories outlive this, and hear of a change after it: they show what was before.
  /// `head`: the revision of the last commit so far.
  RecentChanges(const InstanceDirectory& instances, const ServiceDirectory& services,
                model::Revision head = 0, std::size_t limit = kLimit);
  RecentChanges(const RecentChanges&) = delete;
  RecentChanges& operator=(const RecentChanges&) = delete;
  ~RecentChanges() override = default;

  void Apply(std::span<const store::Change> changes) override;

  /// Remembers from here on. Again: nothing.
  void Start();
  /// Of the last commit.
  model::Revision head() const { return head_; }
  std::size_t size() const { return changes_.size(); }

  /// Calls `visit` with what changed after this revision, the oldest first. False: not all of that
  /// is known (any more), or the revision is none of this store.
  bool Since(model::Revision after, const std::function<void(const RecentChange&)>& visit) const;

  /// Another number whenever there is something new, or somebody's rights may be others.
  std::uint64_t ticks() const { return ticks_; }
  /// Returns once ticks() is not `seen`, or at `until`.
  Task<void> Wait(std::uint64_t seen, Clock& clock, Deadline until);
  /// Ends all waits.
  void Wake();

 private:
  using Place = std::list<RecentChange>::iterator;
  /// By all but the revision.
  struct Before {
    using is_transparent = void;
    bool operator()(const RecentChange& a, const RecentChange& b) const;
    bool operator()(Place a, Place b) const { return (*this)(*a, *b); }
    bool operator()(const RecentChange& a, Place b) const { return (*this)(a, *b); }
    bool operator()(Place a, const RecentChange& b) const { return (*this)(*a, b); }
  };

  /// Whether it may be news to somebody.
  bool ApplyOne(const store::Change& change);
  void NoteInstance(const store::Change& change);
  void NoteInstance(const model::Instance& instance, model::Revision revision);
  void NoteService(const store::Change& change);
  void NoteService(const ServicePtr& service, model::Revision revision);
  void NoteReplica(const store::Change& change);
  void Note(RecentChange change);

  const InstanceDirectory& instances_;
  const ServiceDirectory& services_;
  const std::size_t limit_;
  bool started_ = false;
  model::Revision head_;
  model::Revision floor_ = 0;  // what changed up to it may be forgotten
  std::list<RecentChange> changes_;
  std::set<Place, Before> things_;  // of changes_
  std::uint64_t ticks_ = 0;
  WaitQueue<bool> waiting_;
};

}  // namespace atelier::directory
