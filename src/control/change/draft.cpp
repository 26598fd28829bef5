#include "control/change/draft.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/codec.h"

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
    : next_(std::move(present)), revision_(revision), now_(now), max_events_(max_events) {}

Draft Draft::New(model::Instance fresh, Moment now, std::size_t max_events) {
  Draft draft(std::move(fresh), 0, now, max_events);
  draft.next_.created = now.wall;
  draft.next_.modified = now.wall;
  draft.next_.status_since = now.wall;
  draft.OpenStep();
  return draft;
}

model::Instance& Draft::Edit() {
  // Never backwards, also when the wall clock was set back.
  next_.modified = std::max(next_.modified, now_.wall);
  return next_;
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
                  .end = std::max(next_.status_since, now_.wall)};
  model::Instance& next = Edit();
  if (next.status == InstanceStatus::Running) {
    next.accumulated_running_ms = model::RunningTimeMs(model::RunningTimeOf(next), now_);
    next.running_since.reset();
    next.running_boot = 0;
    next.running_mono_ms = 0;
  }
  next.status = to;
  ends_ = to == InstanceStatus::Stopping || to == InstanceStatus::Stopped ||
          to == InstanceStatus::Failed || to == InstanceStatus::Deleting;
  next.status_since = now_.wall;
  next.reason_code = std::move(reason.code);
  next.reason_message = std::move(reason.message);
  if (to == InstanceStatus::Running) {
    next.running_since = now_.wall;
    next.running_boot = now_.boot;
    next.running_mono_ms = now_.mono_ms;
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

void Draft::Note(model::EventLevel level, std::string message) {
  events_.push_back({.number = next_.next_event++,
                     .time = now_.wall,
                     .level = level,
                     .message = std::move(message)});
}

store::Batch Draft::Finish() && {
  store::Batch batch;
  batch.push_back(Write::Put(Kind::kInstance, next_.id.str(), ToJson(next_), revision_));
  for (const auto& [number, step] : steps_) {
    batch.push_back(Write::Put(Kind::kLifecycleStep, NumberedKey(next_.id, number), ToJson(step)));
    if (number > kMaxSteps) {
      batch.push_back(
          Write::Delete(Kind::kLifecycleStep, NumberedKey(next_.id, number - kMaxSteps)));
    }
  }
  const auto most = static_cast<std::int64_t>(max_events_);
  for (const model::Event& event : events_) {
    batch.push_back(Write::Put(Kind::kEvent, NumberedKey(next_.id, event.number), ToJson(event)));
    if (event.number > most) {
      batch.push_back(Write::Delete(Kind::kEvent, NumberedKey(next_.id, event.number - most)));
    }
  }
  std::ranges::move(extra_, std::back_inserter(batch));
  return batch;
}

Task<Result<model::Revision>> Commit(store::Store& store, Draft draft) {
  if (draft.ends()) co_return co_await store.CommitFromReserve(std::move(draft).Finish());
  co_return co_await store.Commit(std::move(draft).Finish());
}

}  // namespace atelier::control
