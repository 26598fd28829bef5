#include "serve/wiring/open_store.h"

#include <fstream>
#include <string>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include "store/postgres.h"

namespace atelier::serve {

namespace {

/// The first line of the file, which may have the password in it.
Result<std::string> ReadAddress(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("Everybody on this host can read {}, and the password in it: chmod o= "
                             "on it.",
                             path));
  }
  std::ifstream file(path);
  std::string address;
  if (!std::getline(file, address)) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("store-dsn-file {} cannot be read, or is empty: its first line is the "
                             "address of the database.",
                             path));
  }
  while (address.ends_with('\r') || address.ends_with(' ')) address.pop_back();
  ATELIER_RETURN_IF_ERROR(store::CheckPostgresAddress(address, true));
  return address;
}

}  // namespace

Result<std::unique_ptr<store::Store>> OpenStore(ServerContext& base, const DataFolder& folder,
                                                std::function<void(const Error& why)> lost) {
  const ServerConfig& config = base.config;
  std::string address = config.store;
  if (!config.store_dsn_file.empty()) {
    ATELIER_TRY(address, ReadAddress(config.store_dsn_file));
  }
  if (address != "sqlite") {
    return store::OpenPostgres(
        {.folder = folder.Store(), .address = std::move(address), .lost = std::move(lost)},
        base.executor(), base.real_clock, *base.random, *base.log);
  }
  if (store::IsOfPostgres(folder.Store())) {
    return Error(Code::kFailedPrecondition,
                 "The store of this data folder is in PostgreSQL: give its address with --store or "
                 "--store-dsn-file.");
  }
  return store::OpenSqlite({.folder = folder.Store()}, base.executor(), base.real_clock, *base.log);
}

}  // namespace atelier::serve
