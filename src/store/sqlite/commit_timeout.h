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

namespace atelier::store::sqlite {

/// Whoever sets it first has the commit: the writer, which writes it, or who waits for it and
/// withdraws it.
using Claim = std::shared_ptr<std::atomic_flag>;

/// Answers commits for which the disk takes too long. A commit that the writer has not taken yet is
/// withdrawn (Unavailable); of one that it has, nobody knows (DeadlineExceeded).
///
/// Threads: the I/O thread.
class CommitTimeout : public std::enable_shared_from_this<CommitTimeout> {
 public:
  using Resume = std::function<void(Result<model::Revision>)>;

  /// `clock` outlives it.
  CommitTimeout(const asio::any_io_executor& io, const Clock& clock, Duration length)
      : timer_(io), clock_(clock), length_(length) {}

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
  std::deque<std::shared_ptr<Waiting>> waiting_;  // the longest first
};

}  // namespace atelier::store::sqlite
