#include "cli/store/place.h"

#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "store/postgres.h"

namespace atelier::cli {

Result<std::string> AddressOf(const std::string& store, const std::string& dsn_file) {
  if (!dsn_file.empty() && store != "sqlite") {
    return Error(Code::kInvalidArgument, "Name a store or the file with its address, not both.");
  }
  if (!dsn_file.empty()) return store::ReadPostgresAddress(dsn_file);
  if (store == "sqlite") return std::string();
  ATELIER_RETURN_IF_ERROR(store::CheckPostgresAddress(store, false));
  return store;
}

namespace {

/// What somebody else made there, their server could not use.
Result<DataStore> At(DataFolder folder, std::string address) {
  struct stat info{};
  if (::stat(folder.path().c_str(), &info) == 0 && info.st_uid != ::geteuid()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The data folder {} belongs to user {}, and this command runs as user "
                             "{}. Run it as the former: sudo -u '#{}' atelier ...",
                             folder.path(), info.st_uid, ::geteuid(), info.st_uid));
  }
  std::string store = folder.Store();
  return DataStore{.folder = std::move(folder),
                   .place = {.folder = std::move(store), .address = std::move(address)}};
}

}  // namespace

Result<DataStore> FindStore(const StoreOptions& options) {
  ATELIER_TRY(std::string address, AddressOf(options.store, options.dsn_file));
  ATELIER_TRY(DataFolder folder, DataFolder::Find(options.data));
  return At(std::move(folder), std::move(address));
}

Result<DataStore> MakeStore(const StoreOptions& options) {
  ATELIER_TRY(std::string address, AddressOf(options.store, options.dsn_file));
  ATELIER_TRY(DataFolder folder, DataFolder::Open(options.data));
  return At(std::move(folder), std::move(address));
}

}  // namespace atelier::cli
