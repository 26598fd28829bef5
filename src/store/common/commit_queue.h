#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/gate.h"
#include "base/task.h"
#include "store/common/commit_timeout.h"
#include "store/common/commit_times.h"
#include "store/common/group.h"
#include "store/store.h"

namespace atelier::store {

/// What became of a group.
struct Resolution {
  std::vector<Change> changes;                    // to show to the listeners, in commit order
  std::vector<Result<model::Revision>> outcomes;  // one a ticket
  /// Of the last commit before the group: what was refused may have been lost to it. Only where
  /// others write, too.
  model::Revision before = 0;
};

/// How a store commits. Called on the thread of its CommitQueue only.
class Committer {
 public:
  virtual ~Committer() = default;
  /// May take the batches out of their tickets.
  virtual Resolution Commit(std::vector<Ticket>& group) = 0;
  /// The outcomes are on their way, and those who wait for them no longer wait for this thread.
  virtual void AfterCommit() {}
  /// Nothing has waited for as long as IdleAfter said.
  virtual void Idle() = 0;
  /// nullopt: until something waits.
  virtual std::optional<Duration> IdleAfter() const = 0;
};

/// The way of commits from the I/O thread to the store's committing thread, and back: what waits,
/// up to a bound, goes to the Committer in groups, and its outcome to the listeners and to who
/// waits: in order, each commit as a whole, and a few at a time, so that the I/O thread is not
/// held. What others have committed goes the same way (Show).
///
/// Threads: the I/O thread, unless it says otherwise.
class CommitQueue {
 public:
  struct Options {
    std::size_t max_waiting = 4096;  // beyond it Unavailable
    GroupRule group;
    Duration commit_timeout{5'000};  // how long a commit waits
    CommitTimeout::Slow slow = nullptr;
  };

  /// `clock` and `committer` outlive it.
  CommitQueue(Options options, asio::any_io_executor io, const Clock& clock, Committer& committer);
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;
  ~CommitQueue();  // commits what waits, then ends the thread

  /// As Store::Commit and, `from_reserve`, Store::CommitFromReserve.
  Task<Result<model::Revision>> Commit(Batch batch, bool from_reserve);
  void AddListener(Listener& listener) { listeners_.push_back(&listener); }
  /// Shows commits that are not of this queue, then calls `then` on the I/O thread. Each who shows
  /// some, as also the Committer, leaves none out behind what any of them has shown; what is shown
  /// twice is dropped. Threads: any.
  void Show(std::vector<Change> changes, std::function<void()> then);
  std::vector<double> RecentSeconds() const { return times_.Recent(); }
  /// How long the Committer has been at it without a pause. Threads: any.
  Duration BusyFor() const;
  /// Longer than anybody waits. Threads: any.
  bool stuck() const { return BusyFor() > options_.commit_timeout; }

  /// Refuses later commits, waits for those under way, then calls `last` on the committing thread.
  /// Once: a second call returns at once.
  Task<void> Stop(std::function<void()> last);

 private:
  void Enqueue(Ticket ticket);
  void EndThread(std::function<void()> last);
  void Loop();
  /// Empty: stopping, or nothing waits.
  std::vector<Ticket> NextGroup();
  /// What is committed, and not yet shown as a whole.
  struct Publication {
    Resolution resolution;
    std::vector<Ticket> tickets;
    std::function<void()> then;
    std::size_t applied = 0;      // changes that the listeners have
    std::size_t answered = 0;     // tickets
    model::Revision awaited = 0;  // that the listeners must have before the next ticket is answered
  };

  void Publish(Publication publication);
  void Add(Publication publication);
  void PublishSome();
  void Answer(Publication& now);
  void TellIfPublished();

  const Options options_;
  const asio::any_io_executor io_;
  const Clock& clock_;
  Committer& committer_;
  std::vector<Listener*> listeners_;
  std::deque<Publication> publications_;  // in the order of commits
  model::Revision added_ = 0;             // the last of their changes
  const std::shared_ptr<const int> alive_ = std::make_shared<int>();
  std::function<void()> published_;  // set once none will follow; called when all is published
  CommitTimes times_;
  Gate gate_;
  const std::shared_ptr<CommitTimeout> commit_timeout_;  // shared with the commits that are held up

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Ticket> queue_;
  std::optional<MonoTime> busy_since_;
  bool stopping_ = false;
  std::function<void()> last_;

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace atelier::store
