#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/workspace_claim.h"
#include "directory/directory.h"
#include "model/audit.h"
#include "model/bulk_job.h"
#include "model/catalogue.h"
#include "model/instance.h"
#include "store/writer.h"

namespace atelier::control {

class Admission;

/// The request of CreateInstance after validation against types, lengths and enums (api/); names
/// are resolved against the catalogue here.
struct NewInstance {
  model::WorkspaceId workspace;
  model::UserId owner;
  std::string name;
  std::string ecs_spec;
  std::string image;  // ImageId, or ImageUrl
  model::Accessibility accessibility = model::Accessibility::PRIVATE;
  std::int64_t priority = 1;
  std::map<std::string, std::string> environment;
  std::vector<model::Label> labels;
  std::vector<model::Label> tags;
  std::optional<std::string> on_start;
  std::string workspace_source;
  std::string driver;
  std::string image_auth;  // already masked
  std::optional<model::OversoldType> oversold_type;
  std::map<std::string, std::string> access_restriction_rules;
  json::object migration_options;
  std::optional<model::CredentialConfig> credentials;
};

/// UpdateInstance: only what is set changes.
struct InstanceChange {
  std::optional<std::string> name;
  std::optional<std::string> ecs_spec;
  std::optional<std::string> image;
  std::optional<model::Accessibility> accessibility;
  std::optional<std::int64_t> priority;
  std::optional<model::UserId> owner;
  std::optional<std::map<std::string, std::string>> environment;
  std::optional<std::optional<std::string>> on_start;  // inner nullopt: remove
  std::optional<std::string> workspace_source;
  std::optional<std::string> driver;
  std::optional<std::string> image_auth;
  std::optional<std::optional<model::OversoldType>> oversold_type;
  std::optional<json::object> migration_options;
  std::optional<std::optional<model::CredentialConfig>> credentials;  // inner nullopt: remove
  bool start_afterwards = false;
};

using model::ClientToken;

/// All mutations of instances. Each is one transaction: the instance, its lifecycle step or event,
/// and one audit record; it returns when that is durable and every read model shows it. Never
/// touches a driver: the reconciler sees the change in the feed. Authorisation happened before
/// (api/).
///
/// Errors, all with nothing changed: NotFound/UnknownInstance; FailedPrecondition/WrongState (the
/// state does not accept the operation); InvalidArgument with the parameter named;
/// AlreadyExists/DuplicateName; Aborted/ClientTokenConflict; ResourceExhausted/InsufficientResource
/// (what starts finds no room now); ResourceExhausted and Unavailable from the store. Lost races
/// inside are retried a bounded number of times, then Unavailable.
class Instances {
 public:
  struct Options {
    std::size_t max_instances = 1'000'000;
    std::size_t max_events = 2000;   // an instance; the oldest go
    Admission* admission = nullptr;  // outlives it; without one there is room for everything
    ClaimWorkspace claim = {};
    /// The idle rule of new instances of a workspace that bring none; unset: none.
    std::function<std::optional<model::IdleCuller>(const model::WorkspaceId&)> idle_rule = {};
  };
  Instances(store::Store& store, const directory::InstanceDirectory& directory,
            const model::Catalogue& catalogue, Clock& clock, Random& random, Options options);

  Task<Result<model::InstanceId>> Create(NewInstance request, std::optional<ClientToken> token,
                                         model::Actor actor);
  /// What Create would refuse a new instance for now, whatever else it asks for.
  struct Obstacle {
    std::string_view reason;  // a name of Shortage, or InstanceLimit
    Error error;              // Create's
  };
  /// nullopt: nothing. Keeps no room: the next one may take it.
  std::optional<Obstacle> WhyNot(const model::WorkspaceId& workspace, const model::UserId& owner,
                                 const model::EcsSpec& spec) const;
  Task<Status> Update(model::InstanceId id, InstanceChange change, model::Actor actor);
  Task<Status> Start(model::InstanceId id, model::Actor actor);
  /// `reason` goes to the events ("no stop without a recorded reason").
  Task<Status> Stop(model::InstanceId id, std::string reason, model::Actor actor);
  Task<Status> Delete(model::InstanceId id, model::Actor actor);
  /// What goes along with a step that a job takes.
  struct Errand {
    /// Asked on what is changed, in the same commit; its error refuses the step.
    std::function<Status(const directory::InstancePtr& instance)> check;
    store::Batch writes;  // committed with the change
    std::string reason;   // of a stop
  };
  /// One of the three above, on an errand.
  Task<Status> Act(model::BulkAction action, model::InstanceId id, Errand errand,
                   model::Actor actor);
  /// All of them or none, in one transaction.
  Task<Status> StopAll(std::vector<model::InstanceId> ids, std::string reason, model::Actor actor);
  Task<Status> DeleteAll(std::vector<model::InstanceId> ids, model::Actor actor);
  Task<Status> PutLabels(model::InstanceId id, std::vector<model::Label> labels,
                         model::Actor actor);
  Task<Status> DeleteLabels(model::InstanceId id, std::set<std::string> keys, model::Actor actor);
  /// A second timer replaces the first. InvalidArgument: `due` is not in the future.
  Task<Status> PutTimer(model::InstanceId id, WallTime due, model::Actor actor);
  Task<Status> DeleteTimer(model::InstanceId id, model::Actor actor);
  /// FailedPrecondition/CullerExists: delete the present one first (docs/contract/lifecycle.md
  /// section 5).
  Task<Status> CreateCuller(model::InstanceId id, model::IdleCuller culler, model::Actor actor);
  Task<Status> DeleteCuller(model::InstanceId id, model::Actor actor);
  /// Its idle time begins anew. FailedPrecondition/UnknownCuller: it has no idle rule; /WrongState:
  /// it does not run.
  Task<Status> Extend(model::InstanceId id, model::Actor actor);

  /// nullptr: there is room for everything.
  const Admission* admission() const;

  /// Newest last. `from` and `to` bound the time, both inclusive.
  Task<Result<std::vector<model::Event>>> Events(model::InstanceId id, std::optional<WallTime> from,
                                                 std::optional<WallTime> to);
  Task<Result<std::vector<model::LifecycleStep>>> Lifecycle(model::InstanceId id);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace atelier::control
