#include "control/eas/service/drafts.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/codec.h"
#include "control/eas/service/replica_step.h"
#include "model/status_moment.h"

namespace atelier::control {

using model::ReplicaStatus;
using model::ServiceStatus;
using store::Kind;
using store::Write;

namespace {

/// Ordered by time, and unique: everybody counts their own events.
Write EventWrite(const model::ServiceId& service, std::string_view who, std::int64_t number,
                 const model::ServiceEvent& event) {
  return Write::Put(Kind::kServiceEvent,
                    fmt::format("{}/{:020}/{}/{:012}", service.str(),
                                event.time.time_since_epoch().count(), who, number),
                    ToJson(event));
}

}  // namespace

std::string VersionKey(const model::ServiceId& id, std::int64_t number) {
  return fmt::format("{}/{:012}", id.str(), number);
}

ServiceDraft::ServiceDraft(model::Service present, model::Revision revision, Moment now)
    : RecordDraft(std::move(present), revision, now.wall), moment_(now) {}

ServiceDraft ServiceDraft::New(model::Service fresh, Moment now) {
  ServiceDraft draft(std::move(fresh), 0, now);
  draft.next_.created = now.wall;
  draft.next_.updated = now.wall;
  model::SetStatusMoment(draft.next_, now);
  return draft;
}

void ServiceDraft::MoveTo(model::ServiceTrigger trigger, ServiceStatus to, Reason reason) {
  ATELIER_CHECK(model::MoveIsLegal(next_.status, trigger, to), "callers ask model::Accepts first");
  model::Service& next = Edit();
  next.status = to;
  model::SetStatusMoment(next, moment_);
  next.reason = std::move(reason.code);
  next.message = std::move(reason.message);
  ends_ = to == ServiceStatus::Stopping || to == ServiceStatus::Stopped ||
          to == ServiceStatus::Failed || to == ServiceStatus::Deleting;
}

void ServiceDraft::AddEvent(bool warning, std::string reason, std::string message) {
  AddWrite(EventWrite(next_.id, "service", next_.next_event++,
                      {.time = now(),
                       .warning = warning,
                       .reason = std::move(reason),
                       .instance = {},
                       .message = std::move(message)}));
}

ReplicaDraft::ReplicaDraft(model::Replica present, model::Revision revision, Moment now)
    : RecordDraft(std::move(present), revision, now.wall), moment_(now) {}

ReplicaDraft ReplicaDraft::New(model::Replica fresh, Moment now) {
  ReplicaDraft draft(std::move(fresh), 0, now);
  draft.next_.created = now.wall;
  model::SetStatusMoment(draft.next_, now);
  return draft;
}

void ReplicaDraft::MoveTo(ReplicaStatus to, Reason reason) {
  ATELIER_CHECK(model::MoveIsLegal(next_.status, to), "callers look at the table first");
  next_.status = to;
  RestartStatus();
  next_.reason = std::move(reason.code);
  next_.message = std::move(reason.message);
}

void ReplicaDraft::RestartStatus() { model::SetStatusMoment(next_, moment_); }

void ReplicaDraft::AddEvent(bool warning, std::string reason, std::string message) {
  AddWrite(EventWrite(next_.service, next_.id.str(), next_.next_event++,
                      {.time = now(),
                       .warning = warning,
                       .reason = std::move(reason),
                       .instance = next_.name,
                       .message = std::move(message)}));
}

void BeginLeave(ReplicaDraft& draft, std::string_view why) {
  draft.Edit().leaving = true;
  draft.Edit().ready = false;
  draft.MoveTo(ReplicaStatus::Terminating, {"Terminating", std::string(why)});
  draft.AddEvent(false, "Killing", fmt::format("Stopping: {}", why));
}

void BeginNextRun(ReplicaDraft& draft, model::LastRun last) {
  // After this long a good run, what comes next is not part of the same trouble.
  static constexpr Duration kForgiven = std::chrono::minutes(10);
  model::Replica& next = draft.Edit();
  const bool forgiven = next.status == ReplicaStatus::Running &&
                        Between(model::StatusMoment(next), draft.moment()) >= kForgiven;
  next.failures = forgiven ? 1 : next.failures + 1;
  ++next.restarts;
  next.last = std::move(last);
  next.started = false;
  next.ready = false;
  next.restart_at = draft.now() + BackOff(next.failures);
}

void GiveUpRun(ReplicaDraft& draft, Reason reason) {
  const WallTime started = RunStart(draft.replica());
  BeginNextRun(draft, {.exit_code = {},
                       .signal = {},
                       .reason = std::move(reason.code),
                       .message = std::move(reason.message),
                       .started = started,
                       .finished = draft.now(),
                       .settled = false,
                       .log = {}});
  ++draft.Edit().generation;
}

void EndRun(ReplicaDraft& draft, const runtime::WorkloadState& ended, std::string log) {
  auto& last = draft.Edit().last;
  if (!last) return;
  last->exit_code = ended.exit_code;
  last->signal = ended.signal;
  if (ended.ended) last->finished = *ended.ended;
  last->settled = true;
  last->log = std::move(log);
}

}  // namespace atelier::control
