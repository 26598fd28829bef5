#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/gate.h"
#include "control/core/backoff.h"
#include "control/core/keyed_loop.h"
#include "control/dsw/bulk_jobs.h"

namespace atelier::control {

/// Behind BulkJobs: one instance after the other, of all jobs in turn, so that a request never
/// waits behind more than one of them. What was done is in the store, in the transaction that did
/// it; what failed or was skipped is only known here until the job ends, and is tried again by the
/// server after a crash, or by the next that holds the job's shard.
class BulkRunner : public ShardWatcher, public std::enable_shared_from_this<BulkRunner> {
 public:
  explicit BulkRunner(const BulkJobs::Parts& parts);

  void SetJudge(BulkJudge judge) { judge_ = std::move(judge); }
  void Start();
  Task<void> Stop();
  /// As kill -9 would.
  void Abandon();
  void Apply(std::span<const store::Change> changes);
  void Lost(const ShardSet& shards) override;
  void Gained(const ShardSet& shards) override;
  std::optional<BulkJobs::Progress> ProgressOf(std::string_view id) const;

 private:
  /// A job that has not ended.
  struct Run {
    store::Lease lease;
    bool loaded = false;
    MonoTime ends;
    std::vector<model::InstanceId> ids;
    std::size_t next = 0;                 // of `ids`
    std::set<model::InstanceId> earlier;  // acted on before the server was started
    model::BulkOutcome outcome;
    std::size_t named = 0;      // ids in its failures
    std::size_t under_way = 0;  // of arriving_
    bool unsure = false;        // the last commit may have come through
    Backoff backoff;
  };
  struct Arrival {
    std::string job;
    MonoTime until;
  };

  void End();
  static Task<void> Resume(std::shared_ptr<BulkRunner> self, Gate::Pass pass);
  Task<MonoTime> Step(std::string id);
  Task<Status> Load(const std::string& id, Run& run);
  Task<MonoTime> Finish(std::string id, Run& run, model::BulkEnd how);
  Task<MonoTime> CleanUp(std::string id, store::Lease lease);
  /// Of what this server has done for it.
  void DropRun(const std::string& id);
  /// Ok: it has acted. The reasons NoLongerMatches and IsThere, and NotFound: there is nothing to
  /// do. Aborted: the lease is lost.
  Task<Status> Act(const model::BulkJob& job, const model::InstanceId& id, const Run& run);
  void Note(Run& run, const model::InstanceId& id, const Status& done);
  void NoteFailure(Run& run, const model::InstanceId& id, const Error& error);
  void Await(const std::string& job, Run& run, const model::InstanceId& id);
  bool Arrived(const model::InstanceId& id) const;
  void Arrive(std::map<model::InstanceId, Arrival>::iterator arrival);
  /// Those that take too long no longer count. When the next one would.
  MonoTime DropLate();

  BulkJobs::Parts parts_;
  BulkJudge judge_;
  store::Writer writer_;
  Gate gate_;
  KeyedLoop<std::string> loop_;
  std::map<std::string, Run, std::less<>> runs_;
  std::map<model::InstanceId, Arrival> arriving_;
};

}  // namespace atelier::control
