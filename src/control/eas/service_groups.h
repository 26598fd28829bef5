#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/seal_token.h"
#include "control/core/workspace_claim.h"
#include "directory/service_directory.h"
#include "model/audit.h"
#include "model/service.h"
#include "store/writer.h"

namespace atelier::control {

/// What CreateGroup asks for.
struct NewGroup {
  std::string name;
  model::UserId owner;
  model::WorkspaceId workspace;
  std::map<std::string, std::string> labels;
};

/// What UpdateGroup changes; nullopt: stays.
struct GroupChange {
  std::optional<std::map<std::string, std::string>> labels;  // all of them
  std::optional<bool> customized;
};

/// All mutations of groups of services, each one transaction with an audit record. A group is made
/// by its own operation, or by the first service that names it (control/eas/services.h).
///
/// Errors, all with nothing changed: NotFound/UnknownGroup; AlreadyExists/GroupExists, also if a
/// service has the name; FailedPrecondition/GroupNotEmpty; InvalidArgument; those of the store.
/// Threads: the I/O thread.
class ServiceGroups {
 public:
  ServiceGroups(store::Store& store, const directory::ServiceDirectory& directory, Clock& clock,
                Random& random, SealToken seal, ClaimWorkspace claim = {})
      : writer_(store, clock, &directory.quarantine()),
        directory_(directory),
        clock_(clock),
        random_(random),
        seal_(std::move(seal)),
        claim_(std::move(claim)) {}

  Task<Status> Create(NewGroup request, model::Actor actor);
  Task<Status> Update(std::string name, GroupChange change, model::Actor actor);
  /// Only when no service names it.
  Task<Status> Delete(std::string name, model::Actor actor);

 private:
  store::Writer writer_;
  const directory::ServiceDirectory& directory_;
  Clock& clock_;
  Random& random_;
  const SealToken seal_;
  const ClaimWorkspace claim_;
};

}  // namespace atelier::control
