#pragma once
#include <string>

#include "base/data_folder.h"
#include "base/result.h"
#include "store/move.h"

namespace atelier::cli {

/// Which store a command is about, as `atelier serve` is told.
struct StoreOptions {
  std::string data = "data";
  std::string store = "sqlite";
  std::string dsn_file;
};

struct DataStore {
  DataFolder folder;
  store::StorePlace place;
};

/// NotFound: there is no such data folder. InvalidArgument: the address is none.
Result<DataStore> FindStore(const StoreOptions& options);
/// The data folder is made if it is not there.
Result<DataStore> MakeStore(const StoreOptions& options);
/// Of `store` and the file beside it. Empty: SQLite.
Result<std::string> AddressOf(const std::string& store, const std::string& dsn_file);

}  // namespace atelier::cli
