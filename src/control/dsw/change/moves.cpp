#include "control/dsw/change/moves.h"

#include <utility>

#include <fmt/format.h>

namespace atelier::control {

using model::Desired;
using model::EventLevel;
using model::InstanceStatus;
using model::Trigger;

namespace {

void NewRun(Draft& draft) {
  model::Instance& next = draft.Edit();
  next.desired = Desired::Running;
  ++next.generation;
}

}  // namespace

Error UnknownInstance(const model::InstanceId& id) {
  return {Code::kNotFound, fmt::format("Instance {} does not exist.", id.str()), "UnknownInstance"};
}

Error DuplicateName(std::string_view name) {
  return {Code::kAlreadyExists,
          fmt::format("The workspace already has an instance named {}.", name), "DuplicateName"};
}

Status Accepting(const model::Instance& instance, Trigger trigger, std::string_view operation) {
  if (model::Accepts(instance.status, trigger)) return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("Instance {} is {}, and {} is not possible in this state.",
                           instance.id.str(), EnumName(instance.status), operation),
               "WrongState");
}

void BeginStart(Draft& draft) {
  NewRun(draft);
  draft.MoveTo(Trigger::kStart, InstanceStatus::Starting);
  draft.NewSession();
  draft.AddEvent(EventLevel::Info, "Start requested.");
}

void BeginStop(Draft& draft, std::string_view why) {
  draft.Edit().desired = Desired::Stopped;
  draft.MoveTo(Trigger::kStop, InstanceStatus::Stopping);
  draft.AddEvent(EventLevel::Info, fmt::format("Stopping: {}", why));
}

void BeginDelete(Draft& draft) {
  draft.Edit().desired = Desired::Deleted;
  draft.MoveTo(Trigger::kDelete, InstanceStatus::Deleting);
  draft.AddEvent(EventLevel::Info, "Deletion requested.");
}

void BeginRestart(Draft& draft) {
  NewRun(draft);
  draft.MoveTo(Trigger::kUpdate, InstanceStatus::Updating);
  draft.AddEvent(EventLevel::Info, "Restarting with the changed settings.");
}

void BeginResettle(Draft& draft, bool start) {
  draft.MoveTo(Trigger::kUpdate, InstanceStatus::Updating);
  draft.AddEvent(EventLevel::Info, "Settings changed.");
  if (!start) return;
  NewRun(draft);
  draft.MoveTo(Trigger::kProgress, InstanceStatus::Starting);
  draft.NewSession();
  draft.AddEvent(EventLevel::Info, "Start requested.");
}

void Fail(Draft& draft, Reason reason) {
  draft.AddEvent(EventLevel::Error, fmt::format("Failed: {}: {}", reason.code, reason.message));
  draft.Edit().desired = Desired::Stopped;
  draft.MoveTo(Trigger::kProgress, InstanceStatus::Failed, std::move(reason));
}

}  // namespace atelier::control
