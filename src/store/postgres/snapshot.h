#pragma once
#include <memory>
#include <string>

#include "base/clock.h"
#include "store/postgres/connection.h"
#include "store/postgres/fence.h"
#include "store/snapshot.h"

namespace atelier::store::postgres {

/// What the database holds. NotFound: no store, or not yet.
Result<Origin> ReadOrigin(Connection& connection);

/// A REPEATABLE READ transaction on a connection of its own. FailedPrecondition: another version's.
Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& address, const Clock& clock);

/// What the database holds as of now, for readers to take by name as long as the connection is
/// there.
struct Exported {
  Connection connection;
  std::string name;
  Head head;
};
Result<Exported> ExportSnapshot(const std::string& address, const Clock& clock);

/// A transaction of the process that has `fence`: another one that takes it meanwhile makes it
/// fail. `folder`: that of the store, whose membership follows. FailedPrecondition/StoreNotEmpty.
Result<std::unique_ptr<Loading>> OpenLoading(const std::string& address, const std::string& folder,
                                             const Clock& clock, const Fence& fence);

}  // namespace atelier::store::postgres
