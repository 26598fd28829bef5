#pragma once
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "control/core/orphan.h"
#include "control/core/workspace_claim.h"
#include "directory/directory.h"
#include "model/audit.h"
#include "model/catalogue.h"
#include "model/instance.h"
#include "store/store.h"

/// What an operator orders for workloads that no record wants (control/core/orphans.h). Each
/// order is one transaction with one audit record, durable before it returns; the reconciler then
/// acts on it. Errors, with nothing changed: ResourceExhausted and Unavailable from the store, and
/// those that are named.
namespace atelier::control {

/// The machine type of the catalogue that fits it, and the image that it was started from; nullptr:
/// there is none, or it is not known any more.
const model::EcsSpec* SpecOf(const model::Catalogue& catalogue, const Orphan& orphan);
const model::Image* ImageOf(const model::Catalogue& catalogue, const Orphan& orphan);

/// What the record of an adopted instance says. The environment variables and the start script that
/// it was started with are not known: they come with the next start, from UpdateInstance.
struct Adoption {
  model::WorkspaceId workspace;
  model::UserId owner;
  std::string name;
  std::string ecs_spec;  // empty: SpecOf
  std::string image;     // ImageId; empty: ImageOf
};

/// Makes an instance of a workload without a record: Running soon, or Stopped if it has ended.
/// InvalidArgument: the catalogue has no such machine type or image, or none that fits.
/// AlreadyExists/DuplicateName. Aborted/HasRecord: it has a record by now.
Task<Status> AdoptOrphan(store::Store& store, const model::Catalogue& catalogue, Clock& clock,
                         Orphan orphan, Adoption adoption, model::Actor actor,
                         ClaimWorkspace claim = {});

/// Lets the record of an instance follow the life that runs. FailedPrecondition/WrongState: it is
/// being stopped or deleted. NotFound/UnknownInstance.
Task<Status> AdoptRun(store::Store& store, const directory::InstanceDirectory& directory,
                      Clock& clock, Orphan orphan, model::Actor actor);

}  // namespace atelier::control
