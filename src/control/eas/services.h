#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/seal_token.h"
#include "control/core/workspace_claim.h"
#include "directory/service_directory.h"
#include "model/audit.h"
#include "model/catalogue.h"
#include "model/service.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

class Admission;

/// The request of CreateService.
struct NewService {
  json::object config;  // kept as it is; what it means is checked here
  model::UserId owner;
  model::WorkspaceId workspace;               // of the request; empty: metadata.workspace_id counts
  std::map<std::string, std::string> labels;  // of the request, over those of the configuration
  std::optional<model::AutoScaler> autoscaler = {};
};

/// All mutations of services. Each is one transaction: the service, what changes with it, an event
/// and one audit record; it returns when that is durable and every read model shows it. Changes
/// nothing through a driver: the reconciler sees the change in the feed. Authorisation happened
/// before (api/).
///
/// Errors, all with nothing changed: NotFound/UnknownService, /UnknownReplica;
/// AlreadyExists/ServiceExists, also if a group has the name; FailedPrecondition/WrongState,
/// /Locked (the safety lock); InvalidArgument with the key named; ResourceExhausted/ServiceLimit;
/// ResourceExhausted and Unavailable from the store. Lost races inside are retried a bounded number
/// of times, then Unavailable.
class Services {
 public:
  struct Options {
    std::size_t max_services = 10'000;
    SealToken seal = {};                   // without one, tokens stand in the store as they are
    const Admission* admission = nullptr;  // outlives it; without one there is room for everything
    /// runtime::Driver::CheckMounts with a deadline. Without it every folder is taken for there.
    std::function<Task<Status>(std::vector<runtime::Mount>)> check_mounts = {};
    ClaimWorkspace claim = {};
  };
  Services(store::Store& store, const directory::ServiceDirectory& directory,
           const model::Catalogue& catalogue, Clock& clock, Random& random, Options options);

  Task<Result<model::ServiceId>> Create(NewService request, model::Actor actor);
  /// `replace`: `change` is the whole new configuration, else it is merged into the present one. A
  /// change of metadata.instance alone is a Scale; no change at all does nothing. `autoscaler`: in
  /// the place of the present rule, which stays without one.
  Task<Status> Update(std::string name, json::object change, bool replace,
                      std::optional<model::AutoScaler> autoscaler, model::Actor actor);
  /// To another version that is kept, back or forth; the number of replicas stays.
  Task<Status> RollBack(std::string name, std::int64_t version, model::Actor actor);
  /// `replicas`: 0 to model::kMaxReplicas. `leave_first`: names that a smaller number takes first.
  Task<Status> Scale(std::string name, std::int64_t replicas, std::vector<std::string> leave_first,
                     model::Actor actor);
  Task<Status> Start(std::string name, model::Actor actor);
  Task<Status> Stop(std::string name, model::Actor actor);
  Task<Status> Restart(std::string name, model::Actor actor);
  Task<Status> Delete(std::string name, model::Actor actor);
  Task<Status> SetLock(std::string name, model::SafetyLock lock, model::Actor actor);
  Task<Status> PutLabels(std::string name, std::map<std::string, std::string> labels,
                         model::Actor actor);
  Task<Status> DeleteLabels(std::string name, std::set<std::string> keys, model::Actor actor);

  /// `create`: AlreadyExists/AutoScalerExists if there is one; else NotFound/UnknownAutoScaler if
  /// there is none. InvalidArgument as model::CheckAutoScaler.
  Task<Status> SetAutoScaler(std::string name, model::AutoScaler rule, bool create,
                             model::Actor actor);
  Task<Status> DeleteAutoScaler(std::string name, model::Actor actor);
  /// The same for the jobs of a cron scaler, of which only name, schedule, time_zone and target are
  /// looked at; one that is as it was keeps its history. /CronScalerExists, /UnknownCronScaler.
  Task<Status> SetCronScaler(std::string name, model::CronScaler scaler, bool create,
                             model::Actor actor);
  Task<Status> DeleteCronScaler(std::string name, model::Actor actor);

  /// Its part of the requests to its group; nullopt: stays. A `weight` from 0 on makes the group go
  /// by weights. InvalidArgument: not from -1 to model::kMaxWeight;
  /// FailedPrecondition/NoGroup: it is in none.
  Task<Status> Release(std::string name, std::optional<std::int64_t> weight,
                       std::optional<bool> grouping, model::Actor actor);

  Task<Status> Isolate(std::string name, std::string replica, bool isolated, model::Actor actor);
  /// It runs on without requests until it is replaced or its service ends, and a new one takes its
  /// place. FailedPrecondition/WrongState: it is leaving, or detached already.
  Task<Status> Detach(std::string name, std::string replica, model::Actor actor);
  /// Each of `replicas` is replaced under a new name, or with `soft` started again in its place.
  /// All or none.
  Task<Status> Replace(std::string name, std::vector<std::string> replicas, bool soft,
                       model::Actor actor);

  /// Newest first.
  Task<Result<std::vector<model::ServiceVersion>>> Versions(std::string name);
  /// Newest last; both bounds inclusive.
  Task<Result<std::vector<model::ServiceEvent>>> Events(std::string name, WallTime from,
                                                        WallTime to);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace atelier::control
