#include "serve/wiring/open_store.h"

#include <string>
#include <utility>

#include "store/move.h"
#include "store/postgres.h"

namespace atelier::serve {

Result<std::string> AddressOf(const ServerConfig& config) {
  if (!config.store_dsn_file.empty()) return store::ReadPostgresAddress(config.store_dsn_file);
  return config.store == "sqlite" ? std::string() : config.store;
}

Result<std::unique_ptr<store::Store>> OpenStore(ServerContext& base, const DataFolder& folder,
                                                std::function<void(const Error& why)> lost) {
  ATELIER_TRY(std::string address, AddressOf(base.config));
  ATELIER_RETURN_IF_ERROR(store::CheckMayServe({.folder = folder.Store(), .address = address}));
  if (!address.empty()) {
    return store::OpenPostgres(
        {.folder = folder.Store(), .address = std::move(address), .lost = std::move(lost)},
        base.executor(), base.real_clock, *base.random, *base.log);
  }
  return store::OpenSqlite({.folder = folder.Store()}, base.executor(), base.real_clock, *base.log);
}

}  // namespace atelier::serve
