#include "store/common/commit_queue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/failpoint.h"
#include "base/loop_watch.h"
#include "base/thread_name.h"
#include "store/common/errors.h"

namespace atelier::store {

namespace {

constexpr std::size_t kChangesAtOnce = 64;  // a commit of more is applied alone

}  // namespace

CommitQueue::CommitQueue(Options options, asio::any_io_executor io, const Clock& clock,
                         Committer& committer)
    : options_(options),
      io_(std::move(io)),
      clock_(clock),
      committer_(committer),
      commit_timeout_(
          std::make_shared<CommitTimeout>(io_, clock, options_.commit_timeout, options_.slow)),
      thread_([this] {
        NameThread("commits");
        Loop();
      }) {}

CommitQueue::~CommitQueue() {
  EndThread([] {});
  thread_.join();
}

Task<Result<model::Revision>> CommitQueue::Commit(Batch batch, bool from_reserve) {
  if (gate_.inside() >= options_.max_waiting) co_return QueueFull();
  const Gate::Pass pass = gate_.Enter();
  if (!pass) co_return Stopping();
  if (stuck()) co_return options_.slow(Code::kUnavailable);
  const MonoTime since = clock_.Mono();
  auto initiate = [this, from_reserve](auto handler, Batch&& waiting) {
    // shared: std::function wants to be copyable
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    const auto claim = std::make_shared<std::atomic_flag>();
    auto done = commit_timeout_->Wait(
        [resume](Result<model::Revision> outcome) { std::move (*resume)(std::move(outcome)); },
        claim);
    Enqueue({.batch = std::move(waiting),
             .from_reserve = from_reserve,
             .claim = claim,
             .done = std::move(done)});
  };
  Result<model::Revision> outcome =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<model::Revision>)>(
          initiate, asio::use_awaitable, std::move(batch));
  if (outcome) times_.Add(std::chrono::duration<double>(clock_.Mono() - since).count());
  co_return outcome;
}

Task<void> CommitQueue::Stop(std::function<void()> last) {
  if (gate_.closed()) co_return;
  gate_.Close();
  auto initiate = [this](auto handler, std::function<void()> then) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    EndThread([this, resume, then = std::move(then)] {
      // What publishes the commits is on its way to the I/O thread already.
      then();
      asio::post(io_, [this, resume] {
        published_ = [resume] { std::move (*resume)(); };
        TellIfPublished();
      });
    });
  };
  co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
      initiate, asio::use_awaitable, std::move(last));
}

void CommitQueue::Enqueue(Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(ticket));
  }
  wake_.notify_one();
}

void CommitQueue::EndThread(std::function<void()> last) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    last_ = std::move(last);
  }
  wake_.notify_one();
}

Duration CommitQueue::BusyFor() const {
  const std::lock_guard lock(mutex_);
  if (!busy_since_) return {};
  return std::chrono::duration_cast<Duration>(clock_.Mono() - *busy_since_);
}

void CommitQueue::Loop() {
  for (;;) {
    std::vector<Ticket> group = NextGroup();
    if (group.empty()) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_ && queue_.empty()) break;
      }
      committer_.Idle();
      continue;
    }
    Resolution resolution = committer_.Commit(group);
    Publish({.resolution = std::move(resolution), .tickets = std::move(group), .then = {}});
    committer_.AfterCommit();
  }
  last_();
}

std::vector<Ticket> CommitQueue::NextGroup() {
  const std::optional<Duration> idle_after = committer_.IdleAfter();
  std::unique_lock lock(mutex_);
  busy_since_.reset();
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (idle_after) {
    wake_.wait_for(lock, *idle_after, ready);
  } else {
    wake_.wait(lock, ready);
  }
  busy_since_ = clock_.Mono();
  return TakeGroup(queue_, options_.group);
}

void CommitQueue::Show(std::vector<Change> changes, std::function<void()> then) {
  Resolution resolution;
  resolution.changes = std::move(changes);
  Publish({.resolution = std::move(resolution), .tickets = {}, .then = std::move(then)});
}

void CommitQueue::Publish(Publication publication) {
  asio::post(io_,
             [this, alive = std::weak_ptr(alive_), publication = std::move(publication)]() mutable {
               if (!alive.expired()) Add(std::move(publication));
             });
}

void CommitQueue::Add(Publication publication) {
  std::vector<Change>& changes = publication.resolution.changes;
  const auto is_new = [this](const Change& change) { return change.record.revision > added_; };
  changes.erase(changes.begin(), std::ranges::find_if(changes, is_new));
  if (!changes.empty()) added_ = changes.back().record.revision;
  publications_.push_back(std::move(publication));
  if (publications_.size() == 1) PublishSome();
}

/// The next commits, each with all its changes: as many as may hold the thread; the rest, in turns
/// to come.
void CommitQueue::PublishSome() {
  ATELIER_FAILPOINT("store.before_apply");
  const LoopWatch::Work work("apply");
  Publication& now = publications_.front();
  const std::vector<Change>& changes = now.resolution.changes;
  const std::size_t first = now.applied;
  while (now.applied < changes.size() && now.applied - first < kChangesAtOnce) {
    const model::Revision commit = changes[now.applied].record.revision;
    while (now.applied < changes.size() && changes[now.applied].record.revision == commit)
      ++now.applied;
  }
  const auto some = std::span(changes).subspan(first, now.applied - first);
  if (!some.empty()) {
    for (Listener* listener : listeners_) listener->Apply(some);
  }
  Answer(now);
  if (now.applied == changes.size()) {
    const std::function<void()> then = std::move(now.then);
    if (then) then();
    publications_.pop_front();
  }
  if (!publications_.empty()) {
    asio::post(io_, [this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) PublishSome();
    });
  }
  TellIfPublished();
}

/// Those whose commit, or what they lost to, every listener has.
void CommitQueue::Answer(Publication& now) {
  const std::vector<Change>& changes = now.resolution.changes;
  const bool all = now.applied == changes.size();
  for (; now.answered < now.tickets.size(); ++now.answered) {
    Result<model::Revision>& outcome = now.resolution.outcomes[now.answered];
    now.awaited = std::max(now.awaited, outcome ? *outcome : now.resolution.before);
    if (!all && now.awaited >= changes[now.applied].record.revision) return;
    now.tickets[now.answered].done(std::move(outcome));
  }
}

/// Last of all: who is told may let go of this.
void CommitQueue::TellIfPublished() {
  if (publications_.empty() && published_) std::exchange(published_, {})();
}

}  // namespace atelier::store
