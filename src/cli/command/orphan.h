#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/command_context.h"

/// `atelier orphan ...`: for operators.
namespace atelier::cli {

Task<Status> ListOrphans(CommandContext& context);

struct AdoptOptions {
  std::string id;
  std::string owner;      // user id or login name; not needed for one that has a record
  std::string workspace;  // empty: the owner's default one
  std::string name;       // empty: made of the id
  std::string spec;       // empty: what it was started with
  std::string image;
};
Task<Status> AdoptOrphan(CommandContext& context, AdoptOptions options);

struct StopOrphanOptions {
  std::vector<std::string> ids;
  bool delete_files = false;
};
Task<Status> StopOrphans(CommandContext& context, StopOrphanOptions options);

Task<Status> DismissStoreReport(CommandContext& context);

}  // namespace atelier::cli
