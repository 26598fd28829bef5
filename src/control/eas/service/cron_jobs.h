#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "control/eas/service/drafts.h"
#include "directory/service_directory.h"
#include "model/service.h"

namespace atelier::control {

/// One job whose time has come.
struct CronRun {
  std::size_t job = 0;  // its place in the scaler
  WallTime due;
  bool excluded = false;
};

/// When the jobs of all services are due. What came while the server was down is made up for, once
/// a job; nothing is kept that the records do not say. A wall clock that was ahead and is set back
/// holds none up for longer than an hour.
class CronTimes {
 public:
  /// Those of `service` that are due at `now`, in the order of their times.
  std::vector<CronRun> Due(const model::Service& service, model::Revision revision, WallTime now);
  /// The earliest time after `now` that a job of a service in `directory` is due, of those asked
  /// about so far; a day from now if there is none.
  WallTime Next(const directory::ServiceDirectory& directory, WallTime now);

 private:
  struct Times {
    model::Revision revision = 0;
    WallTime at;                                // when `next` was found
    std::vector<std::optional<WallTime>> next;  // of each job
  };
  std::map<model::ServiceId, Times> times_;
};

/// Writes down what `run` does: another number of replicas, or why not. Either way an event has the
/// numbers.
void ApplyJob(ServiceDraft& draft, const CronRun& run);

}  // namespace atelier::control
