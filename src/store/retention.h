#pragma once
#include "base/clock.h"
#include "store/store.h"

namespace atelier::store {

/// The time by which records that have grown old are deleted.
///
/// A wall clock that is wrong must not destroy what is young: time passes here as the monotonic
/// clock says, from the first call on, or from the newest audit record if the wall clock says then
/// that it is later than that. So it is never ahead, and behind by at most the time for which the
/// server was down: a record may be kept that much longer, until the next start.
///
/// `clock`: the one that the records are written by. Call it at the start, before anything is
/// written. The errors of Store::Scan.
Task<Result<WallTime>> RetentionTime(Store& store, const Clock& clock);

}  // namespace atelier::store
