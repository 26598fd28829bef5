#pragma once
#include <string>
#include <string_view>

#include "base/moment.h"
#include "control/core/reason.h"
#include "control/core/records.h"
#include "model/service.h"
#include "runtime/driver.h"

namespace atelier::control {

/// "<service id>/<12-digit number>": the key of a ServiceVersion.
std::string VersionKey(const model::ServiceId& id, std::int64_t number);

/// One transaction on one service in the making: the record, its events, and whatever else belongs
/// to the same step.
class ServiceDraft : public RecordDraft<model::Service> {
 public:
  ServiceDraft(model::Service present, model::Revision revision, Moment now);
  static ServiceDraft New(model::Service fresh, Moment now);

  const model::Service& service() const { return record(); }
  /// The move must be legal (model::MoveIsLegal).
  void MoveTo(model::ServiceTrigger trigger, model::ServiceStatus to, Reason reason = {});
  void AddEvent(bool warning, std::string reason, std::string message);

 private:
  Moment moment_;
};

/// The same for one replica.
class ReplicaDraft : public RecordDraft<model::Replica> {
 public:
  ReplicaDraft(model::Replica present, model::Revision revision, Moment now);
  static ReplicaDraft New(model::Replica fresh, Moment now);

  const model::Replica& replica() const { return record(); }
  const Moment& moment() const { return moment_; }
  void MoveTo(model::ReplicaStatus to, Reason reason = {});
  /// The time in its present state begins anew.
  void RestartStatus();
  void AddEvent(bool warning, std::string reason, std::string message);

 private:
  Moment moment_;
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

}  // namespace atelier::control
