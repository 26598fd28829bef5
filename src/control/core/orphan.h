#pragma once
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "model/audit.h"
#include "model/instance.h"
#include "store/store.h"

namespace atelier::control {

/// A workload that no record wants (orphans.h).
struct Orphan {
  model::InstanceId id;
  bool replica = false;  // of a service; else of an instance
  model::Generation generation = 0;
  bool ended = false;  // its files alone are there
  bool newer = false;  // there is a record, of an earlier life
  // as it was started with; empty: not known
  model::Capacity capacity;
  std::string image_prefix;
};

/// Orders the end of an orphan, up to this life, durably before it returns; the loop then acts on
/// it. Its files stay unless `delete_files`. ResourceExhausted and Unavailable from the store.
Task<Status> EndOrphan(store::Store& store, Clock& clock, Orphan orphan, bool delete_files,
                       model::Actor actor);

}  // namespace atelier::control
