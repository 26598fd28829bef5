#include "control/eas/services.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/core/read_all.h"
#include "control/eas/service/drafts.h"
#include "control/eas/service/group.h"
#include "control/eas/service/mutations.h"
#include "control/eas/service/replica_step.h"
#include "control/eas/service/scaler_mutations.h"
#include "control/eas/service/workload.h"
#include "model/status_moment.h"
#include "store/writer.h"

namespace atelier::control {

using model::Desired;
using model::SafetyLock;
using model::ServiceTrigger;
using store::Kind;
using store::Write;

namespace {

constexpr std::size_t kIdLength = 16;

Error UnknownService(std::string_view name) {
  return {Code::kNotFound, fmt::format("Service {} does not exist.", name), "UnknownService"};
}

Error UnknownReplica(std::string_view service, std::string_view name) {
  return {Code::kNotFound, fmt::format("Service {} has no instance {}.", service, name),
          "UnknownReplica"};
}

Error ServiceExists(std::string_view name) {
  return {Code::kAlreadyExists,
          fmt::format("There is a service or a group named {} already.", name), "ServiceExists"};
}

/// InvalidArgument: there is no such version, or it is the current one.
Status MayRollBack(const model::Service& service, std::int64_t version) {
  // Forwards, too: after a way back the newer ones are kept, and wanted again.
  if (version >= 1 && version <= service.latest_version && version != service.current_version)
    return Ok();
  return Error(Code::kInvalidArgument,
               fmt::format("Version must be from 1 to {}, and not the current version {}.",
                           service.latest_version, service.current_version));
}

/// Of the turn, and of the audit record.
std::string Target(std::string_view name) { return fmt::format("service/{}", name); }

/// In its place. One that waits for its back-off has no process to end: it waits no longer.
void RestartProcess(ReplicaDraft& draft) {
  const model::Replica& present = draft.replica();
  const bool ended = present.status == model::ReplicaStatus::Failed ||
                     present.status == model::ReplicaStatus::Succeeded;
  const Duration spent =
      Between(model::StatusMoment(present), draft.moment()).value_or(Duration{0});
  const bool waits = spent < PauseOf(present);
  if (!ended && !waits) {
    GiveUpRun(draft, {"Restarted", "It was told to start again."});
    if (present.status != model::ReplicaStatus::Pending)
      draft.MoveTo(model::ReplicaStatus::Pending, {std::string(kRestarting), "It starts again."});
  }
  draft.Edit().failures = 0;  // nothing failed
  draft.Edit().restart_at.reset();
  draft.AddEvent(false, "Restarting", "Restart of the process requested.");
}

}  // namespace

struct Services::Impl {
  store::Store& store;
  const directory::ServiceDirectory& directory;
  const model::Catalogue& catalogue;
  Clock& clock;
  Random& random;
  Options options;
  store::Writer writer;

  /// Edits the present service; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(ServiceDraft&)>;
  using EditReplica = std::function<Status(ReplicaDraft&)>;

  /// InvalidArgument: a folder that cannot be shown to the replicas.
  Task<Status> CheckFolders(const model::ServiceSpec& spec);
  Task<Result<model::ServiceId>> Create(NewService request, model::Actor actor);
  Result<store::Creation> PlanCreate(const NewService& request, const model::ServiceSpec& spec);
  /// The group that a new service names, so that it cannot go meanwhile; made if there is none.
  Status JoinGroup(const NewService& request, const model::ServiceSpec& spec, ServiceDraft& draft);
  Task<Status> Mutate(std::string name, model::Actor actor, Edit edit);
  /// All of `replicas`, by name, or none; if the safety lock lets them.
  Task<Status> MutateReplicas(std::string service, std::set<std::string> replicas,
                              model::Actor actor, EditReplica edit);
};

Services::Services(store::Store& store, const directory::ServiceDirectory& directory,
                   const model::Catalogue& catalogue, Clock& clock, Random& random, Options options)
    : impl_(new Impl{.store = store,
                     .directory = directory,
                     .catalogue = catalogue,
                     .clock = clock,
                     .random = random,
                     .options = std::move(options),
                     .writer = store::Writer(store, clock, &directory.quarantine())}) {}

Task<Status> Services::Impl::CheckFolders(const model::ServiceSpec& spec) {
  std::vector<runtime::Mount> mounts = MountsOf(spec);
  if (mounts.empty() || !options.check_mounts) co_return Ok();
  const Status shown = co_await options.check_mounts(std::move(mounts));
  // Where nothing is known, the start will say.
  if (shown || shown.error().code() != Code::kFailedPrecondition) co_return Ok();
  co_return Error(Code::kInvalidArgument, shown.error().message());
}

Task<Result<model::ServiceId>> Services::Impl::Create(NewService request, model::Actor actor) {
  ATELIER_CO_TRY(const model::ServiceSpec spec, model::ParseServiceSpec(request.config));
  ATELIER_CO_RETURN_IF_ERROR(Offered(spec, catalogue));
  ATELIER_CO_RETURN_IF_ERROR(Fits(spec, spec.replicas, catalogue, options.admission));
  ATELIER_CO_RETURN_IF_ERROR(co_await CheckFolders(spec));
  if (request.autoscaler) ATELIER_CO_RETURN_IF_ERROR(model::CheckAutoScaler(*request.autoscaler));
  const auto plan = [&] { return PlanCreate(request, spec); };
  ATELIER_CO_TRY(std::string id, co_await writer.Create(std::move(actor), plan));
  co_return model::ServiceId(std::move(id));
}

Result<store::Creation> Services::Impl::PlanCreate(const NewService& request,
                                                   const model::ServiceSpec& spec) {
  if (directory.size() + writer.making() > options.max_services) {
    return Error(Code::kResourceExhausted,
                 fmt::format("The limit of {} services is reached.", options.max_services),
                 "ServiceLimit");
  }
  if (directory.FindGroup(spec.name) != nullptr) return ServiceExists(spec.name);
  json::object config = request.config;
  config.erase("token");  // it is not for the configurations that are kept
  model::Service fresh;
  fresh.id = model::ServiceId("eas-m-" + random.LowerAlnum(kIdLength));
  fresh.name = spec.name;
  fresh.owner = request.owner;
  fresh.workspace = request.workspace;
  fresh.config = json::serialize(config);
  SetLabels(fresh.labels, spec.labels);
  SetLabels(fresh.labels, request.labels);
  SetToken(fresh, spec.token.empty() ? random.Hex(kTokenBytes) : spec.token, options.seal);
  fresh.replicas = spec.replicas;
  fresh.group = spec.group;
  fresh.autoscaler = request.autoscaler;
  std::string id = fresh.id.str();
  ServiceDraft draft = ServiceDraft::New(std::move(fresh), MomentOf(clock));
  ATELIER_RETURN_IF_ERROR(JoinGroup(request, spec, draft));
  if (directory.HoldsName(spec.name)) return ServiceExists(spec.name);
  NoteUnknownKeys(draft, config);
  draft.AddEvent(false, "Created", "Created as version 1.");
  draft.AddWrite(VersionWrite(draft.service(), clock.Wall()));
  // The name is free of both in the same moment: ServiceGroups::Create checks the other way round.
  draft.AddWrite(Write::Check(Kind::kServiceGroup, spec.name, 0));
  ATELIER_RETURN_IF_ERROR(Claim(options.claim, request.workspace, draft));
  return store::Creation{.transaction = std::move(draft).AsTransaction(),
                         .id = std::move(id),
                         .target = Target(spec.name)};
}

Status Services::Impl::JoinGroup(const NewService& request, const model::ServiceSpec& spec,
                                 ServiceDraft& draft) {
  if (spec.group.empty()) return Ok();
  const directory::GroupPtr group = directory.FindGroup(spec.group);
  // One answer for both: what has the name in another workspace is none of the caller's business.
  const bool foreign = group != nullptr && group->workspace != request.workspace;
  if (foreign || spec.group == spec.name || (group == nullptr && directory.HoldsName(spec.group))) {
    return Error(Code::kInvalidArgument,
                 fmt::format("metadata.group {} is the name of a service, or of a group of another "
                             "workspace.",
                             spec.group));
  }
  const model::ServiceGroup joined = group != nullptr
                                         ? *group
                                         : FreshGroup(spec.group, request.owner, request.workspace,
                                                      clock.Wall(), random, options.seal);
  draft.AddWrite(Write::Put(Kind::kServiceGroup, joined.name, ToJson(joined),
                            directory.RevisionOfGroup(joined.name)));
  return Ok();
}

Task<Status> Services::Impl::Mutate(std::string name, model::Actor actor, Edit edit) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const directory::ServicePtr found = directory.Find(name);
    if (found == nullptr) return UnknownService(name);
    ServiceDraft draft(*found, directory.RevisionOf(name), MomentOf(clock));
    ATELIER_RETURN_IF_ERROR(edit(draft));
    return std::move(draft).AsTransaction();
  };
  co_return co_await writer.Commit(std::move(actor), {Target(name)}, plan);
}

Task<Status> Services::Impl::MutateReplicas(std::string service, std::set<std::string> replicas,
                                            model::Actor actor, EditReplica edit) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const directory::ServicePtr found = directory.Find(service);
    if (found == nullptr) return UnknownService(service);
    ATELIER_RETURN_IF_ERROR(Unlocked(*found, false));
    store::Transaction next;
    for (const std::string& name : replicas) {
      const auto named = directory.FindReplicaNamed(found->id, name);
      if (named == nullptr) return UnknownReplica(service, name);
      ReplicaDraft draft(*named, directory.RevisionOfReplica(named->id), MomentOf(clock));
      ATELIER_RETURN_IF_ERROR(edit(draft));
      std::ranges::move(std::move(draft).Finish(), std::back_inserter(next.writes));
    }
    return next;
  };
  std::vector<std::string> targets;
  targets.reserve(replicas.size());
  for (const std::string& name : replicas) targets.push_back(Target(service) + "/" + name);
  co_return co_await writer.Commit(std::move(actor), std::move(targets), plan);
}

Task<Result<model::ServiceId>> Services::Create(NewService request, model::Actor actor) {
  return impl_->Create(std::move(request), std::move(actor));
}

Task<Status> Services::Update(std::string name, json::object change, bool replace,
                              std::optional<model::AutoScaler> autoscaler, model::Actor actor) {
  // Before the transaction, which waits for no disk. What is merged with another version meanwhile
  // is looked at when it starts.
  if (const directory::ServicePtr present = impl_->directory.Find(name)) {
    const json::object merged = ChangedConfig(*present, change, replace);
    const auto spec = model::ReadStoredSpec(merged);
    const bool scales = model::SameButReplicas(ParseJson(present->config)->get_object(), merged);
    if (spec && !scales) ATELIER_CO_RETURN_IF_ERROR(co_await impl_->CheckFolders(*spec));
  }
  co_return co_await impl_->Mutate(
      std::move(name), std::move(actor),
      [impl = impl_.get(), change = std::move(change), replace,
       autoscaler = std::move(autoscaler)](ServiceDraft& draft) -> Status {
        if (autoscaler) {
          const bool first = !draft.service().autoscaler;
          ATELIER_RETURN_IF_ERROR(PutAutoScaler(draft, *autoscaler, first));
        }
        return ChangeConfig(draft, change, replace,
                            {.catalogue = impl->catalogue,
                             .token = impl->directory.TokenOf(draft.service().name),
                             .seal = impl->options.seal,
                             .admission = impl->options.admission});
      });
}

Task<Status> Services::RollBack(std::string name, std::int64_t version, model::Actor actor) {
  const directory::ServicePtr service = impl_->directory.Find(name);
  if (service == nullptr) co_return UnknownService(name);
  ATELIER_CO_RETURN_IF_ERROR(MayRollBack(*service, version));
  ATELIER_CO_TRY(const auto record, co_await impl_->store.Get(Kind::kServiceVersion,
                                                              VersionKey(service->id, version)));
  ATELIER_CO_TRY(const auto stored, FromRecord<model::ServiceVersion>(record.body));
  co_return co_await impl_->Mutate(
      std::move(name), std::move(actor),
      [impl = impl_.get(), stored](ServiceDraft& draft) -> Status {
        const model::Service& present = draft.service();
        ATELIER_RETURN_IF_ERROR(MayRollBack(present, stored.number));
        ATELIER_RETURN_IF_ERROR(Unlocked(present, false));
        ATELIER_RETURN_IF_ERROR(
            Accepting(present, ServiceTrigger::kUpdate, "UpdateServiceVersion"));
        ATELIER_TRY(const json::value parsed, ParseJson(stored.config));
        json::object config = parsed.get_object();
        config.erase("token");  // of a server that kept it there
        model::SetReplicas(config, present.replicas);
        ATELIER_TRY(const model::ServiceSpec spec, model::ReadStoredSpec(config));
        ATELIER_RETURN_IF_ERROR(Offered(spec, impl->catalogue));
        ATELIER_RETURN_IF_ERROR(
            Fits(spec, spec.replicas, impl->catalogue, impl->options.admission));
        ApplyVersion(draft, config, spec, stored.number);
        draft.AddEvent(false, "RollingBack", fmt::format("To version {}.", stored.number));
        return Ok();
      });
}

Task<Status> Services::Scale(std::string name, std::int64_t replicas,
                             std::vector<std::string> leave_first, model::Actor actor) {
  return impl_->Mutate(
      std::move(name), std::move(actor),
      [impl = impl_.get(), replicas,
       leave_first = std::move(leave_first)](ServiceDraft& draft) -> Status {
        if (replicas < 0 || replicas > model::kMaxReplicas) {
          return Error(Code::kInvalidArgument,
                       fmt::format("Instance must be from 0 to {}.", model::kMaxReplicas));
        }
        ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
        ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kScale, "ScaleService"));
        const auto spec = impl->directory.SpecOf(draft.service().name);
        if (spec && replicas > draft.service().replicas) {
          ATELIER_RETURN_IF_ERROR(Fits(*spec, replicas, impl->catalogue, impl->options.admission));
        }
        ApplyScale(draft, replicas, leave_first);
        return Ok();
      });
}

Task<Status> Services::Start(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kStart, "StartService"));
    draft.Edit().desired = Desired::Running;
    draft.MoveTo(ServiceTrigger::kStart, model::ServiceStatus::Starting);
    draft.AddEvent(false, "Starting", "Start requested.");
    return Ok();
  });
}

Task<Status> Services::Stop(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), true));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kStop, "StopService"));
    draft.Edit().desired = Desired::Stopped;
    draft.MoveTo(ServiceTrigger::kStop, model::ServiceStatus::Stopping);
    draft.AddEvent(false, "Stopping", "Stop requested.");
    return Ok();
  });
}

Task<Status> Services::Restart(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kRestart, "RestartService"));
    ++draft.Edit().rollout;
    draft.MoveTo(ServiceTrigger::kRestart, model::ServiceStatus::Starting);
    draft.AddEvent(false, "Restarting", "Restart requested.");
    return Ok();
  });
}

Task<Status> Services::Delete(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), true));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kDelete, "DeleteService"));
    draft.Edit().desired = Desired::Deleted;
    draft.MoveTo(ServiceTrigger::kDelete, model::ServiceStatus::Deleting);
    draft.AddEvent(false, "Deleting", "Deletion requested.");
    return Ok();
  });
}

Task<Status> Services::SetLock(std::string name, SafetyLock lock, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [lock](ServiceDraft& draft) -> Status {
    draft.Edit().lock = lock;
    draft.AddEvent(false, "SafetyLock", fmt::format("The safety lock is {}.", EnumName(lock)));
    return Ok();
  });
}

Task<Status> Services::PutLabels(std::string name, std::map<std::string, std::string> labels,
                                 model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor),
                       [labels = std::move(labels)](ServiceDraft& draft) -> Status {
                         ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
                         SetLabels(draft.Edit().labels, labels);
                         return Ok();
                       });
}

Task<Status> Services::DeleteLabels(std::string name, std::set<std::string> keys,
                                    model::Actor actor) {
  return impl_->Mutate(
      std::move(name), std::move(actor), [keys = std::move(keys)](ServiceDraft& draft) -> Status {
        ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
        std::erase_if(draft.Edit().labels,
                      [&](const model::Label& label) { return keys.contains(label.key); });
        return Ok();
      });
}

Task<Status> Services::SetAutoScaler(std::string name, model::AutoScaler rule, bool create,
                                     model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor),
                       [rule = std::move(rule), create](ServiceDraft& draft) {
                         return PutAutoScaler(draft, rule, create);
                       });
}

Task<Status> Services::DeleteAutoScaler(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), DropAutoScaler);
}

Task<Status> Services::SetCronScaler(std::string name, model::CronScaler scaler, bool create,
                                     model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor),
                       [scaler = std::move(scaler), create](ServiceDraft& draft) {
                         return PutCronScaler(draft, scaler, create);
                       });
}

Task<Status> Services::DeleteCronScaler(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), DropCronScaler);
}

Task<Status> Services::Release(std::string name, std::optional<std::int64_t> weight,
                               std::optional<bool> grouping, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor),
                       [impl = impl_.get(), weight, grouping](ServiceDraft& draft) {
                         return ReleaseWeight(draft, weight, grouping, impl->directory);
                       });
}

Task<Status> Services::Isolate(std::string name, std::string replica, bool isolated,
                               model::Actor actor) {
  return impl_->MutateReplicas(
      std::move(name), {std::move(replica)}, std::move(actor),
      [isolated](ReplicaDraft& draft) -> Status {
        draft.Edit().isolated = isolated;
        draft.AddEvent(false, isolated ? "Isolated" : "Joined",
                       isolated ? "Takes no traffic any more." : "Takes traffic again.");
        return Ok();
      });
}

Task<Status> Services::Detach(std::string name, std::string replica, model::Actor actor) {
  return impl_->MutateReplicas(
      std::move(name), {std::move(replica)}, std::move(actor), [](ReplicaDraft& draft) -> Status {
        const model::Replica& present = draft.replica();
        if (!model::IsCounted(present)) {
          return Error(Code::kFailedPrecondition,
                       fmt::format("Instance {} is {}.", present.name,
                                   present.leaving ? "on its way out" : "detached already"),
                       "WrongState");
        }
        draft.Edit().detached = true;
        draft.AddEvent(false, "Detached",
                       "Takes no traffic any more; another one takes its place.");
        return Ok();
      });
}

Task<Status> Services::Replace(std::string name, std::vector<std::string> replicas, bool soft,
                               model::Actor actor) {
  return impl_->MutateReplicas(std::move(name), std::set(replicas.begin(), replicas.end()),
                               std::move(actor), [soft](ReplicaDraft& draft) -> Status {
                                 if (draft.replica().leaving) return Ok();
                                 if (soft) {
                                   RestartProcess(draft);
                                 } else {
                                   BeginLeave(draft, "it is replaced, as the user asked.");
                                 }
                                 return Ok();
                               });
}

Task<Result<std::vector<model::ServiceVersion>>> Services::Versions(std::string name) {
  const directory::ServicePtr service = impl_->directory.Find(name);
  if (service == nullptr) co_return UnknownService(name);
  const std::string prefix = service->id.str() + "/";
  ATELIER_CO_TRY(auto versions,
                 co_await ReadAll<model::ServiceVersion>(impl_->store, Kind::kServiceVersion,
                                                         prefix, store::PrefixEnd(prefix)));
  std::ranges::reverse(versions);
  co_return versions;
}

Task<Result<std::vector<model::ServiceEvent>>> Services::Events(std::string name, WallTime from,
                                                                WallTime to) {
  const directory::ServicePtr service = impl_->directory.Find(name);
  if (service == nullptr) co_return UnknownService(name);
  const auto key = [&](WallTime time) {
    return fmt::format("{}/{:020}", service->id.str(),
                       std::max<std::int64_t>(0, time.time_since_epoch().count()));
  };
  if (to < from) co_return std::vector<model::ServiceEvent>();
  co_return co_await ReadAll<model::ServiceEvent>(impl_->store, Kind::kServiceEvent, key(from),
                                                  key(to + Duration{1}));
}

}  // namespace atelier::control
