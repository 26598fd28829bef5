#include "control/dsw/change/draft.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/codec.h"
#include "model/status_moment.h"

namespace atelier::control {

using model::InstanceStatus;
using store::Kind;
using store::Write;

std::string NumberedKey(const model::InstanceId& id, std::int64_t number) {
  return fmt::format("{}/{:012}", id.str(), number);
}

std::string NameKey(const model::WorkspaceId& workspace, std::string_view name) {
  return fmt::format("{}/{}", workspace.str(), name);
}

Draft::Draft(model::Instance present, model::Revision revision, Moment now, std::size_t max_events)
    : RecordDraft(std::move(present), revision, now.wall), moment_(now), max_events_(max_events) {}

Draft Draft::New(model::Instance fresh, Moment now, std::size_t max_events) {
  Draft draft(std::move(fresh), 0, now, max_events);
  draft.next_.created = now.wall;
  draft.next_.modified = now.wall;
  model::SetStatusMoment(draft.next_, now);
  draft.OpenStep();
  return draft;
}

void Draft::OpenStep() {
  const std::int64_t number = next_.next_step++;
  steps_[number] = {.number = number,
                    .session = next_.session,
                    .status = next_.status,
                    .reason_code = next_.reason_code,
                    .reason_message = next_.reason_message,
                    .begin = next_.status_since,
                    .end = std::nullopt};
}

void Draft::MoveTo(model::Trigger trigger, InstanceStatus to, Reason reason) {
  ATELIER_CHECK(model::MoveIsLegal(next_.status, trigger, to), "callers ask model::Accepts first");
  // The open step is what the record says of the present state, so it needs no reading.
  const std::int64_t open = next_.next_step - 1;
  steps_[open] = {.number = open,
                  .session = steps_.contains(open) ? steps_[open].session : next_.session,
                  .status = next_.status,
                  .reason_code = next_.reason_code,
                  .reason_message = next_.reason_message,
                  .begin = next_.status_since,
                  .end = std::max(next_.status_since, now())};
  model::Instance& next = Edit();
  if (next.status == InstanceStatus::Running) {
    next.accumulated_running_ms = model::RunningTimeMs(model::RunningTimeOf(next), moment_);
    next.running_since.reset();
  }
  next.status = to;
  ends_ = to == InstanceStatus::Stopping || to == InstanceStatus::Stopped ||
          to == InstanceStatus::Failed || to == InstanceStatus::Deleting;
  model::SetStatusMoment(next, moment_);
  next.reason_code = std::move(reason.code);
  next.reason_message = std::move(reason.message);
  if (to == InstanceStatus::Running) {
    next.running_since = now();
    next.has_run = true;
  }
  OpenStep();
}

void Draft::NewSession() {
  ++next_.session;
  const auto open = steps_.find(next_.next_step - 1);
  ATELIER_CHECK(open != steps_.end(), "a session begins with the step that was just opened");
  open->second.session = next_.session;
}

void Draft::AddEvent(model::EventLevel level, std::string message) {
  events_.push_back(
      {.number = next_.next_event++, .time = now(), .level = level, .message = std::move(message)});
}

void Draft::WriteHistory() {
  for (const auto& [number, step] : steps_) {
    history_.push_back(
        Write::Put(Kind::kLifecycleStep, NumberedKey(next_.id, number), ToJson(step)));
    if (number > kMaxSteps)
      history_.push_back(
          Write::Delete(Kind::kLifecycleStep, NumberedKey(next_.id, number - kMaxSteps)));
  }
  const auto most = static_cast<std::int64_t>(max_events_);
  for (const model::Event& event : events_) {
    history_.push_back(
        Write::Put(Kind::kEvent, NumberedKey(next_.id, event.number), ToJson(event)));
    if (event.number > most)
      history_.push_back(Write::Delete(Kind::kEvent, NumberedKey(next_.id, event.number - most)));
  }
}

store::Batch Draft::Finish() && {
  WriteHistory();
  return std::move(*this).RecordDraft::Finish();
}

store::Transaction Draft::AsTransaction() && {
  WriteHistory();
  return std::move(*this).RecordDraft::AsTransaction();
}

}  // namespace atelier::control
