#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tally.h"

namespace atelier::store {

/// Called now and then: what has been done ("Read"), and with how many records.
using Progress = std::function<void(std::string_view done, std::uint64_t records)>;

/// Reads all of `from`, and hands every record to `each` once it has been counted. Errors as of
/// Snapshot, and DataLoss of what cannot be.
Result<Tally> ReadAllBlocking(
    Snapshot& from, const Progress& progress,
    const Snapshot::Each& each = [](const Record& /*record*/) { return Ok(); });

/// Fills `to` with all of `from`, reads it back, and commits if both are the same: `to` then is the
/// next incarnation of `from`. Nothing is written to `to` before, nor after: it can be read, and
/// stopped. FailedPrecondition/StoreNotEmpty; the errors of both. Blocking.
Result<Tally> CopyBlocking(Snapshot& from, Store& to, const Progress& progress);

/// What Store::OpenLoadBlocking answers of a store that has something.
Error NotEmpty();

}  // namespace atelier::store
