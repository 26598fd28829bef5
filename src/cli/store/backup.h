#pragma once
#include <string>

#include "base/result.h"
#include "cli/run/cli_environment.h"
#include "cli/store/place.h"

namespace atelier::cli {

struct BackupOptions {
  StoreOptions at;
  std::string folder;  // of the backup
};

/// `atelier backup`: all that a server needs to be there again, but for the files of notebooks, in
/// a folder of its own (mode 0700) that is there once it is whole. Beside a server that may run.
Status Backup(const BackupOptions& options, CliEnvironment& env);

/// `atelier restore`: the same in an empty store of a data folder, which is made if it is not
/// there. Files that the data folder has stay; another key file is refused.
Status Restore(const BackupOptions& options, CliEnvironment& env);

}  // namespace atelier::cli
