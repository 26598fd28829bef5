#pragma once
#include "base/moment.h"

namespace atelier::model {

/// When the record came into its present state, on both clocks. In its members status_since,
/// status_boot and status_mono_ms; records of earlier servers have the first alone.
template <class Record>
Moment StatusMoment(const Record& record) {
  return {
      .wall = record.status_since, .mono_ms = record.status_mono_ms, .boot = record.status_boot};
}

template <class Record>
void SetStatusMoment(Record& record, const Moment& now) {
  record.status_since = now.wall;
  record.status_boot = now.boot;
  record.status_mono_ms = now.mono_ms;
}

}  // namespace atelier::model
