#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/data_folder.h"
#include "base/result.h"
#include "serve/wiring/server_context.h"
#include "store/store.h"

namespace atelier::serve {

/// The address of the database that the options name; empty: SQLite, in the data folder.
Result<std::string> AddressOf(const ServerConfig& config);

/// The store that the options name: in the data folder, or in a database. `lost`: as of
/// store::PostgresOptions. FailedPrecondition: the data folder has another store.
Result<std::unique_ptr<store::Store>> OpenStore(ServerContext& base, const DataFolder& folder,
                                                std::function<void(const Error& why)> lost);

}  // namespace atelier::serve
