#pragma once
#include <string>

#include "base/result.h"
#include "cli/run/cli_environment.h"
#include "cli/store/place.h"

/// `atelier store`: what is done to a store on this host, by who can read its data folder
/// (docs/decisions/0049-moving-house.md). No server is asked.
namespace atelier::cli {

struct StoreFileOptions {
  StoreOptions at;
  std::string file;
};

struct MigrateOptions {
  StoreOptions from;
  std::string to;
  std::string to_dsn_file;
};

Status ExportStore(const StoreFileOptions& options, CliEnvironment& env);
Status ImportStore(const StoreFileOptions& options, CliEnvironment& env);
/// Of the store, or of a file if one is named. DataLoss: something is damaged; it was named.
Status CheckStore(const StoreFileOptions& options, CliEnvironment& env);
Status MigrateStore(const MigrateOptions& options, CliEnvironment& env);

}  // namespace atelier::cli
