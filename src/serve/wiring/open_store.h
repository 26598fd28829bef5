#pragma once
#include <functional>
#include <memory>

#include "base/data_folder.h"
#include "base/result.h"
#include "serve/wiring/server_context.h"
#include "store/store.h"

namespace atelier::serve {

/// The store that the options name: in the data folder, or in a database. `lost`: as of
/// store::PostgresOptions. FailedPrecondition: the data folder has another store.
Result<std::unique_ptr<store::Store>> OpenStore(ServerContext& base, const DataFolder& folder,
                                                std::function<void(const Error& why)> lost);

}  // namespace atelier::serve
