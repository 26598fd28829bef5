#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/held_shards.h"
#include "control/dsw/instances.h"
#include "directory/bulk_job_directory.h"
#include "directory/directory.h"
#include "model/audit.h"
#include "model/bulk_job.h"
#include "store/writer.h"

namespace atelier::control {

/// What a job rests on that control does not know: callers, their rights, and what a query means.
struct BulkJudge {
  /// The gates of the operation for one instance, asked for the job's asker as they are now; the
  /// error is the operation's own.
  std::function<Status(const model::BulkJob& job, const model::InstanceId& id)> allow;
  /// Whether the asker's query finds this very version of the instance.
  std::function<bool(const model::BulkJob& job, const directory::InstancePtr& instance)> matches;
  /// What the operation calls an error.
  std::function<std::string(const Error& error)> code;
};

/// Whether there is nothing to be done: the instance is where the action leads, or on its way.
bool IsThere(model::BulkAction action, model::InstanceStatus status);
/// FailedPrecondition/WrongState: as the operation for one instance refuses this state.
Status AcceptsAction(model::BulkAction action, const model::Instance& instance);

/// Jobs that do one thing to many instances (docs/decisions/0054-bulk-jobs.md). Each instance is
/// changed as by the operation for one: by the gates, the Writer and the audit of its own, once.
/// A job goes on at the server that holds its shard, whoever was asked for it.
/// Threads: the I/O thread.
class BulkJobs final : public store::Listener {
 public:
  static constexpr std::size_t kMaxInstances = 10'000;  // of a job
  /// Of all jobs together, instances that were told and have not arrived yet.
  static constexpr std::size_t kMaxUnderWay = 50;
  static constexpr std::size_t kMaxRunning = 10;       // jobs
  static constexpr std::size_t kMaxRunningOfUser = 2;  // and of one user
  static constexpr std::size_t kMaxKept = 200;         // jobs; the oldest that have ended go first
  static constexpr std::size_t kMaxMessages = 20;      // told apart in the failures of a job
  static constexpr std::size_t kMaxFailedIds = 1000;   // named there
  static constexpr std::chrono::hours kLongest{24};    // from when this server first saw the job
  static constexpr std::chrono::minutes kArrival{2};   // then others no longer wait for an instance

  struct Parts {
    store::Store& store;
    HeldShards& shards;
    const directory::BulkJobDirectory& jobs;
    const directory::InstanceDirectory& instances;
    Instances& control;
    Clock& clock;
    Random& random;
    Logger& log;
    asio::any_io_executor io;
  };
  /// Everything outlives this. A listener of the store, behind both directories and the shards.
  explicit BulkJobs(Parts parts);
  ~BulkJobs() override;
  BulkJobs(const BulkJobs&) = delete;
  BulkJobs& operator=(const BulkJobs&) = delete;

  /// Before Start.
  void SetJudge(BulkJudge judge);

  struct Request {
    model::BulkAction action{};
    std::map<std::string, std::string> query;
    model::Revision revision = 0;
    model::Asker asker;
    std::vector<model::InstanceId> ids;  // at most kMaxInstances
    std::int64_t changed = 0;
  };
  /// The id of the job, which begins at once. The actor's client token counts.
  /// ResourceExhausted/Throttling.User: too many run. The errors of Writer::Create.
  Task<Result<std::string>> Create(Request request, model::Actor actor);
  /// The rest is left alone; what is under way arrives. One that has ended stays as it is.
  /// NotFound/UnknownBulkJob.
  Task<Status> End(std::string id, model::Actor actor);

  struct Progress {
    model::BulkOutcome outcome;
    std::int64_t left = 0;
    std::int64_t under_way = 0;
  };
  /// Of one that runs here; nullopt: it does not, or what was done before a restart is being read.
  std::optional<Progress> ProgressOf(std::string_view id) const;

  /// Jobs that a dead server left go on.
  void Start();
  Task<void> Stop();
  void Apply(std::span<const store::Change> changes) override;

 private:
  Parts parts_;
  store::Writer writer_;
  std::shared_ptr<class BulkRunner> runner_;
};

}  // namespace atelier::control
