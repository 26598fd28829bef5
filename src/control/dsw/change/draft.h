#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "control/core/reason.h"
#include "control/core/records.h"
#include "model/instance.h"

namespace atelier::control {

/// Steps kept an instance; the oldest go. A life of daily starts and stops fits for over a year.
inline constexpr std::int64_t kMaxSteps = 4096;

/// "<instance id>/<12-digit number>": the key of a LifecycleStep and of an Event.
std::string NumberedKey(const model::InstanceId& id, std::int64_t number);
/// "<workspace id>/<name>": the key of the record that makes names unique in a workspace.
std::string NameKey(const model::WorkspaceId& workspace, std::string_view name);

/// One transaction on one instance in the making: the record, the lifecycle steps it closes and
/// opens, and its events always go together, so that no crash leaves one without the others.
class Draft : public RecordDraft<model::Instance> {
 public:
  /// A change of what is stored with `revision`.
  Draft(model::Instance present, model::Revision revision, Moment now, std::size_t max_events);
  /// A new instance in its first state.
  static Draft New(model::Instance fresh, Moment now, std::size_t max_events);

  /// States change by MoveTo only, not by Edit.
  const model::Instance& instance() const { return record(); }
  /// Enters `to`; the move must be legal (model::MoveIsLegal): callers check with model::Accepts.
  /// Running time is added up when Running ends.
  void MoveTo(model::Trigger trigger, model::InstanceStatus to, Reason reason = {});
  /// The steps from here on belong to a new start-to-stop span.
  void NewSession();
  /// Does not move GmtModified: something happened, nothing changed.
  void AddEvent(model::EventLevel level, std::string message);
  store::Batch Finish() &&;
  store::Transaction AsTransaction() &&;

 private:
  void OpenStep();
  void WriteHistory();

  Moment moment_;
  std::size_t max_events_;
  std::map<std::int64_t, model::LifecycleStep> steps_;
  std::vector<model::Event> events_;
};

}  // namespace atelier::control
