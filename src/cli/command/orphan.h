#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/session.h"

/// `atelier orphan ...`: for operators.
namespace atelier::cli {

Task<Status> ListOrphans(Session& session);

struct AdoptOptions {
  std::string id;
  std::string owner;      // user id or login name; not needed for one that has a record
  std::string workspace;  // empty: the owner's default one
  std::string name;       // empty: made of the id
  std::string spec;       // empty: what it was started with
  std::string image;
};
Task<Status> AdoptOrphan(Session& session, AdoptOptions options);

struct StopOrphanOptions {
  std::vector<std::string> ids;
  bool delete_files = false;
};
Task<Status> StopOrphans(Session& session, StopOrphanOptions options);

Task<Status> DismissStoreReport(Session& session);

}  // namespace atelier::cli
