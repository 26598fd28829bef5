#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace atelier::store {

/// Whoever sets it first has the commit: the committing thread, which writes it, or who waits for
/// it and withdraws it.
using Claim = std::shared_ptr<std::atomic_flag>;

/// Answers commits that take too long. One that the committing thread has not taken yet is
/// withdrawn (Unavailable); of one that it has, nobody knows (DeadlineExceeded).
///
/// Threads: the I/O thread.
class CommitTimeout : public std::enable_shared_from_this<CommitTimeout> {
 public:
  using Resume = std::function<void(Result<model::Revision>)>;

  /// The answer in the store's words, for one of the two codes.
  using Slow = Error (*)(Code code);

  /// `clock` outlives it.
  CommitTimeout(const asio::any_io_executor& io, const Clock& clock, Duration length, Slow slow)
      : timer_(io), clock_(clock), length_(length), slow_(slow) {}

  /// What to call with the outcome; `resume` is called with it, or earlier with an error.
  Resume Wait(Resume resume, Claim claim);

 private:
  struct Waiting {
    Resume resume;  // empty: answered
    Claim claim;
    MonoTime by;
  };

  void Answered();
  void Arm();
  void Expire();

  asio::steady_timer timer_;
  const Clock& clock_;
  const Duration length_;
  const Slow slow_;
  std::deque<std::shared_ptr<Waiting>> waiting_;  // the longest first
};

}  // namespace atelier::store
