#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/strand.hpp>
#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/gate.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/task.h"
#include "store/store.h"

namespace atelier::store {

/// That the store does not know what it knew before. Which of these it is, Text says.
struct WentBack {
  WallTime found;
  bool other_store = false;      // another one than before
  model::Revision had = 0;       // the last revision seen of it
  model::Revision revision = 0;  // when it was opened
  std::int64_t commits_cut = 0;  // Opening::commits_cut
};
BOOST_DESCRIBE_STRUCT(WentBack, (), (found, other_store, had, revision, commits_cut))

/// For people: what was found, and what it means.
std::string Text(const WentBack& report);

/// How far the store had come, in a small file beside what the store is about and outside of it: an
/// older store that was put back, another one, or one whose log lost its end is noticed at the next
/// start. The store is served all the same.
///
/// Follows the store's feed, so that it is never ahead of what is durable; each change is in the
/// file within a moment (at most one write is under way), which is enough for a kill -9. It is not
/// flushed: after a power cut it may be some seconds behind, and then less is noticed. On a full
/// disk it goes on, in place.
///
/// Threads: the I/O thread; the file is written on `blocking`. Outlives io's work.
class Mark final : public Listener {
 public:
  /// `path`: its folder is made if it is not there. `opening`: of the store that it follows.
  Mark(std::string path, Opening opening, asio::any_io_executor io, Pool& blocking, Clock& clock,
       Logger& log);

  /// Tells whether the store went back, and follows it from here on. Once, before others write.
  /// `store`: names it for ever.
  Task<void> Compare(std::string store);
  void Apply(std::span<const Change> changes) override;

  /// Kept, also by the next starts, until Dismiss.
  const std::optional<WentBack>& report() const { return content_.went_back; }
  /// The store is taken as it is now. ResourceExhausted, Unavailable: it cannot be written down.
  Task<Status> Dismiss();

  /// Waits for what is being written, at most a few seconds.
  Task<void> Stop();

 private:
  struct Content {
    std::string store;
    model::Revision revision = 0;
    std::optional<WentBack> went_back;
    BOOST_DESCRIBE_CLASS(Content, (), (store, revision, went_back), (), ())
  };
  class File;

  Task<void> Follow(Gate::Pass pass);
  Task<Status> Write(bool durably);

  const std::shared_ptr<File> file_;
  const Opening opening_;
  const asio::any_io_executor io_;
  const asio::strand<Pool::executor_type> disk_;  // keeps the writes in order
  Clock& clock_;
  Logger& log_;
  Content content_;  // as it is to be in the file
  bool compared_ = false;
  bool following_ = false;  // Follow runs
  bool failed_ = false;     // the latest write
  Gate gate_;
};

}  // namespace atelier::store
