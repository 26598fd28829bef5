#pragma once
#include <memory>
#include <string>

#include "store/snapshot.h"

namespace atelier::store::sqlite {

/// A read transaction on the database at `path`, beside whoever writes there: as long as it is
/// open, the log grows. FailedPrecondition: another version's.
Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& path);

/// A write transaction on the database at `path`, which nobody else writes to.
/// FailedPrecondition/StoreNotEmpty.
Result<std::unique_ptr<Loading>> OpenLoading(const std::string& path);

}  // namespace atelier::store::sqlite
