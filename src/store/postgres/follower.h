#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "store/common/commit_timeout.h"
#include "store/postgres.h"
#include "store/postgres/connection.h"
#include "store/postgres/feed.h"

namespace atelier::store::postgres {

/// Looks for what other servers commit, on a thread and a connection of its own: now and then, and
/// when somebody asks, so that neither a commit that waits nor a lock can hold up a reader.
///
/// Threads: the I/O thread, unless it says otherwise.
class Follower {
 public:
  /// As CommitQueue::Show. Threads: any.
  using Show = std::function<void(std::vector<Change>, std::function<void()> then)>;

  /// `lost`: this server must write nothing more; called once, on the follower's thread. What is
  /// referred to outlives it.
  Follower(const PostgresOptions& options, Fence fence, Place& place, asio::any_io_executor io,
           const Clock& clock, Logger& log, Show show, std::function<void(const Error&)> lost);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower();  // as Close and JoinBlocking

  /// As Store::CatchUp and Store::Age.
  Task<Status> CatchUp();
  Duration Age() const;

  /// Answers those who wait, and ends the thread within some seconds.
  void Close();
  /// After Close. Threads: any but its own.
  void JoinBlocking();

 private:
  using Served = std::function<void(Status)>;

  void Loop();
  /// Those who wait for the next look; nullopt: closed.
  std::optional<std::vector<Served>> Next();
  /// Looks until there is nothing more to see, and shows it.
  Status LookAtAll();
  Result<Look> LookOnce();
  /// Waits while too much of what was seen is not shown yet. false: closed.
  bool AwaitShown();
  void Serve(std::vector<Served> served, const Status& outcome);

  const PostgresOptions& options_;
  const Fence fence_;
  Place& place_;
  const asio::any_io_executor io_;
  const Clock& clock_;
  Logger& log_;
  const Show show_;
  const std::function<void(const Error&)> lost_;
  const std::shared_ptr<CommitTimeout> patience_;  // shared with those who wait
  std::size_t asking_ = 0;

  std::optional<Connection> connection_;  // of the thread alone, as also:
  Duration pause_{0};                     // after a failure

  std::atomic<bool> away_ = false;  // the database did not answer the last time
  std::atomic<MonoTime> seen_all_;  // the start of the last look that saw everything

  /// Outlives this, for what is shown may be shown later.
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::size_t unshown = 0;  // looks
  };
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::vector<Served> asked_;  // under its mutex, as also:
  bool closed_ = false;

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace atelier::store::postgres
