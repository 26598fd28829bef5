#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "control/change/draft.h"
#include "model/service.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

/// "<service id>/<12-digit number>": the key of a ServiceVersion.
std::string VersionKey(const model::ServiceId& id, std::int64_t number);

/// One transaction on one service in the making: the record, its events, and whatever else belongs
/// to the same step.
class ServiceDraft {
 public:
  ServiceDraft(model::Service present, model::Revision revision, WallTime now);
  static ServiceDraft New(model::Service fresh, WallTime now);

  const model::Service& service() const { return next_; }
  WallTime now() const { return now_; }
  model::Service& Edit();  // moves UpdateTime
  /// The move must be legal (model::MoveIsLegal).
  void MoveTo(model::ServiceTrigger trigger, model::ServiceStatus to, Reason reason = {});
  void Note(bool warning, std::string reason, std::string message);
  void Also(store::Write write) { extra_.push_back(std::move(write)); }
  void Also(store::Batch writes);

  /// True once it stops or deletes the service: goes through when the disk is full (promise 10).
  bool ends() const { return ends_; }
  store::Batch Finish() &&;

 private:
  model::Service next_;
  model::Revision revision_;
  WallTime now_;
  bool ends_ = false;
  store::Batch extra_;
};

/// The same for one replica.
class ReplicaDraft {
 public:
  ReplicaDraft(model::Replica present, model::Revision revision, WallTime now);
  static ReplicaDraft New(model::Replica fresh, WallTime now);

  const model::Replica& replica() const { return next_; }
  WallTime now() const { return now_; }
  model::Replica& Edit() { return next_; }
  void MoveTo(model::ReplicaStatus to, Reason reason = {});
  void Note(bool warning, std::string reason, std::string message);
  store::Batch Finish() &&;

 private:
  model::Replica next_;
  model::Revision revision_;
  WallTime now_;
  store::Batch extra_;
};

/// No new requests from this commit on; then it drains, ends and goes.
void BeginLeave(ReplicaDraft& draft, std::string_view why);

/// This run is over, or is to be: it counts, and the next one waits for its back-off.
void BeginNextRun(ReplicaDraft& draft, model::LastRun last);

/// This run is not wanted any more: as BeginNextRun, and the next generation it is. How it ended is
/// to be written down once it has (EndRun).
void GiveUpRun(ReplicaDraft& draft, Reason reason);

/// How the run that was given up ended; `log`: its last lines.
void EndRun(ReplicaDraft& draft, const runtime::WorkloadState& ended, std::string log);

/// The errors of Store::Commit.
Task<Result<model::Revision>> Commit(store::Store& store, ServiceDraft draft);

}  // namespace atelier::control
