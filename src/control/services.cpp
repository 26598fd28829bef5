#include "control/services.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/turns.h"
#include "control/change/plan.h"
#include "control/service/drafts.h"
#include "control/service/group.h"
#include "control/service/scaler_wishes.h"
#include "control/service/wishes.h"
#include "control/service/workload.h"
#include "store/audit.h"

namespace atelier::control {

using model::Desired;
using model::SafetyLock;
using model::ServiceTrigger;
using store::Kind;
using store::Write;

namespace {

constexpr std::size_t kIdLength = 16;
constexpr std::size_t kScanPage = 1000;

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

Error TooManyRaces() {
  return {Code::kUnavailable, "The service is changed by too many at once. Try again."};
}

/// In its place. One that waits for its back-off has no process to end: it waits no longer.
void RestartProcess(ReplicaDraft& draft) {
  const model::Replica& present = draft.replica();
  const bool ended = present.status == model::ReplicaStatus::Failed ||
                     present.status == model::ReplicaStatus::Succeeded;
  const bool waits = present.restart_at && *present.restart_at > draft.now();
  if (!ended && !waits) {
    GiveUpRun(draft, {"Restarted", "It was told to start again."});
    if (present.status != model::ReplicaStatus::Pending)
      draft.MoveTo(model::ReplicaStatus::Pending, {"Restarting", "It starts again."});
  }
  draft.Edit().failures = 0;  // nothing failed
  draft.Edit().restart_at.reset();
  draft.Note(false, "Restarting", "Restart of the process requested.");
}

}  // namespace

struct Services::Impl {
  store::Store& store;
  const directory::ServiceDirectory& directory;
  const model::Catalogue& catalogue;
  Clock& clock;
  Random& random;
  Options options;
  Turns turns = {};

  /// Edits the present service; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(ServiceDraft&)>;
  using EditReplica = std::function<Status(ReplicaDraft&)>;

  /// InvalidArgument: a folder that cannot be shown to the replicas.
  Task<Status> CheckFolders(const model::ServiceSpec& spec);
  Task<Result<model::ServiceId>> Create(NewService wish, model::Actor actor);
  Task<Status> Mutate(std::string name, model::Actor actor, Edit edit);
  /// By name, if the safety lock lets him.
  Task<Status> MutateNamed(std::string service, std::string replica, model::Actor actor,
                           EditReplica edit);
  Task<Status> MutateReplica(std::string service, model::InstanceId id, model::Actor actor,
                             EditReplica edit);
  Task<Result<std::vector<store::Record>>> ScanAll(Kind kind, std::string from, std::string to);

  Write Audit(const model::Actor& actor, std::string_view target) const {
    // One request may change several things: the key of its audit records must differ.
    Write audit = store::Audit(actor, std::string(target), clock.Wall());
    audit.key += "/" + std::string(target);
    return audit;
  }
};

Services::Services(store::Store& store, const directory::ServiceDirectory& directory,
                   const model::Catalogue& catalogue, Clock& clock, Random& random, Options options)
    : impl_(new Impl{.store = store,
                     .directory = directory,
                     .catalogue = catalogue,
                     .clock = clock,
                     .random = random,
                     .options = std::move(options)}) {}

Task<Status> Services::Impl::CheckFolders(const model::ServiceSpec& spec) {
  std::vector<runtime::Mount> mounts = MountsOf(spec);
  if (mounts.empty() || !options.check_mounts) co_return Ok();
  const Status shown = co_await options.check_mounts(std::move(mounts));
  // Where nothing is known, the start will say.
  if (shown || shown.error().code() != Code::kFailedPrecondition) co_return Ok();
  co_return Error(Code::kInvalidArgument, shown.error().message());
}

Task<Result<model::ServiceId>> Services::Impl::Create(NewService wish, model::Actor actor) {
  ATELIER_CO_TRY(const model::ServiceSpec spec, model::ParseServiceSpec(wish.config));
  ATELIER_CO_RETURN_IF_ERROR(Offered(spec, catalogue));
  ATELIER_CO_RETURN_IF_ERROR(Fits(spec, spec.replicas, catalogue, options.admission));
  ATELIER_CO_RETURN_IF_ERROR(co_await CheckFolders(spec));
  if (wish.autoscaler) ATELIER_CO_RETURN_IF_ERROR(model::CheckAutoScaler(*wish.autoscaler));
  if (directory.size() >= options.max_services) {
    co_return Error(Code::kResourceExhausted,
                    fmt::format("The limit of {} services is reached.", options.max_services),
                    "ServiceLimit");
  }
  if (directory.FindGroup(spec.name) != nullptr) co_return ServiceExists(spec.name);
  const directory::GroupPtr group = spec.group.empty() ? nullptr : directory.FindGroup(spec.group);
  // One answer for both: what has the name in another workspace is none of the caller's business.
  const bool foreign = group != nullptr && group->workspace != wish.workspace;
  if (foreign || spec.group == spec.name ||
      (!spec.group.empty() && group == nullptr && directory.Find(spec.group) != nullptr)) {
    co_return Error(Code::kInvalidArgument,
                    fmt::format("metadata.group {} is the name of a service, or of a group of "
                                "another workspace.",
                                spec.group));
  }
  model::Service fresh;
  fresh.id = model::ServiceId("eas-m-" + random.LowerAlnum(kIdLength));
  fresh.name = spec.name;
  fresh.owner = std::move(wish.owner);
  fresh.workspace = std::move(wish.workspace);
  wish.config.erase("token");  // it is not for the configurations that are kept
  fresh.config = json::serialize(wish.config);
  SetLabels(fresh.labels, spec.labels);
  SetLabels(fresh.labels, wish.labels);
  SetToken(fresh, spec.token.empty() ? random.Hex(kTokenBytes) : spec.token, options.seal);
  fresh.replicas = spec.replicas;
  fresh.group = spec.group;
  fresh.autoscaler = std::move(wish.autoscaler);
  const model::ServiceId id = fresh.id;
  const std::string name = fresh.name;
  ServiceDraft draft = ServiceDraft::New(std::move(fresh), clock.Wall());
  NoteUnknownKeys(draft, wish.config);
  draft.Note(false, "Created", "Created as version 1.");
  draft.Also(VersionWrite(draft.service(), clock.Wall()));
  if (!spec.group.empty() && group == nullptr) {
    const model::ServiceGroup made =
        FreshGroup(spec.group, draft.service().owner, draft.service().workspace, clock.Wall(),
                   random, options.seal);
    draft.Also(Write::Put(Kind::kServiceGroup, made.name, ToJson(made), 0));
  }
  const model::WorkspaceId workspace = draft.service().workspace;
  ATELIER_CO_RETURN_IF_ERROR(Claim(options.claim, workspace, draft));
  draft.Also(Audit(actor, "service/" + name));
  const auto committed = co_await Commit(store, std::move(draft));
  if (committed) co_return id;
  if (committed.error().code() != Code::kAborted) co_return committed.error();
  // Another one made the service, or the group, or the workspace has changed or gone.
  if (co_await store.Get(Kind::kService, name)) co_return ServiceExists(name);
  if (options.claim && !workspace.empty()) ATELIER_CO_RETURN_IF_ERROR(options.claim(workspace));
  co_return TooManyRaces();
}

Task<Status> Services::Impl::Mutate(std::string name, model::Actor actor, Edit edit) {
  const Turns::Turn turn = co_await turns.Take(name, clock, clock.In(kLongestTurn));
  for (int round = 0; round < kMostRounds; ++round) {
    model::Service present;
    model::Revision revision = 0;
    if (round == 0) {
      const directory::ServicePtr found = directory.Find(name);
      if (found == nullptr) co_return UnknownService(name);
      present = *found;
      revision = directory.RevisionOf(name);
    } else {
      // After a lost race the directory may not show the winner yet; the store does.
      const auto record = co_await store.Get(Kind::kService, name);
      if (!record) {
        if (record.error().code() == Code::kNotFound) co_return UnknownService(name);
        co_return record.error();
      }
      ATELIER_CO_TRY(present, FromRecord<model::Service>(record->body));
      revision = record->revision;
    }
    ServiceDraft draft(std::move(present), revision, clock.Wall());
    ATELIER_CO_RETURN_IF_ERROR(edit(draft));
    draft.Also(Audit(actor, "service/" + name));
    const auto committed = co_await Commit(store, std::move(draft));
    if (committed) co_return Ok();
    if (committed.error().code() != Code::kAborted) co_return committed.error();
  }
  co_return TooManyRaces();
}

Task<Status> Services::Impl::MutateReplica(std::string service, model::InstanceId id,
                                           model::Actor actor, EditReplica edit) {
  for (int round = 0; round < kMostRounds; ++round) {
    const auto record = co_await store.Get(Kind::kServiceReplica, id.str());
    if (!record) {
      if (record.error().code() == Code::kNotFound) co_return UnknownReplica(service, id.str());
      co_return record.error();
    }
    ATELIER_CO_TRY(auto present, FromRecord<model::Replica>(record->body));
    ReplicaDraft draft(std::move(present), record->revision, clock.Wall());
    ATELIER_CO_RETURN_IF_ERROR(edit(draft));
    const std::string target = "service/" + service + "/" + draft.replica().name;
    store::Batch batch = std::move(draft).Finish();
    batch.push_back(Audit(actor, target));
    const auto committed = co_await store.Commit(std::move(batch));
    if (committed) co_return Ok();
    if (committed.error().code() != Code::kAborted) co_return committed.error();
  }
  co_return TooManyRaces();
}

Task<Status> Services::Impl::MutateNamed(std::string service, std::string replica,
                                         model::Actor actor, EditReplica edit) {
  const directory::ServicePtr found = directory.Find(service);
  if (found == nullptr) co_return UnknownService(service);
  ATELIER_CO_RETURN_IF_ERROR(Unlocked(*found, false));
  const auto named = directory.FindReplicaNamed(found->id, replica);
  if (named == nullptr) co_return UnknownReplica(service, replica);
  co_return co_await MutateReplica(service, named->id, std::move(actor), std::move(edit));
}

Task<Result<std::vector<store::Record>>> Services::Impl::ScanAll(Kind kind, std::string from,
                                                                 std::string to) {
  std::vector<store::Record> all;
  store::Store::Range range{
      .from = std::move(from), .to = std::move(to), .limit = kScanPage, .reverse = false};
  for (;;) {
    ATELIER_CO_TRY(const auto page, co_await store.Scan(kind, range));
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < range.limit) break;
    range.from = page.back().key + '\0';
  }
  co_return all;
}

Task<Result<model::ServiceId>> Services::Create(NewService wish, model::Actor actor) {
  return impl_->Create(std::move(wish), std::move(actor));
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
  // Forwards, too: after a way back the newer ones are kept, and wanted again.
  if (version < 1 || version > service->latest_version || version == service->current_version) {
    co_return Error(Code::kInvalidArgument,
                    fmt::format("Version must be from 1 to {}, and not the current version {}.",
                                service->latest_version, service->current_version));
  }
  const auto record =
      co_await impl_->store.Get(Kind::kServiceVersion, VersionKey(service->id, version));
  if (!record) co_return record.error();
  ATELIER_CO_TRY(const auto stored, FromRecord<model::ServiceVersion>(record->body));
  co_return co_await impl_->Mutate(
      std::move(name), std::move(actor),
      [impl = impl_.get(), stored](ServiceDraft& draft) -> Status {
        const model::Service& present = draft.service();
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
        draft.Note(false, "RollingBack", fmt::format("To version {}.", stored.number));
        return Ok();
      });
}

Task<Status> Services::Scale(std::string name, std::int64_t replicas,
                             std::vector<std::string> leave_first, model::Actor actor) {
  return impl_->Mutate(
      std::move(name), std::move(actor),
      [impl = impl_.get(), replicas,
       leave_first = std::move(leave_first)](ServiceDraft& draft) -> Status {
        if (replicas < 0 || replicas > model::kMostReplicas) {
          return Error(Code::kInvalidArgument,
                       fmt::format("Instance must be from 0 to {}.", model::kMostReplicas));
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
    draft.Note(false, "Starting", "Start requested.");
    return Ok();
  });
}

Task<Status> Services::Stop(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), true));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kStop, "StopService"));
    draft.Edit().desired = Desired::Stopped;
    draft.MoveTo(ServiceTrigger::kStop, model::ServiceStatus::Stopping);
    draft.Note(false, "Stopping", "Stop requested.");
    return Ok();
  });
}

Task<Status> Services::Restart(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), false));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kRestart, "RestartService"));
    ++draft.Edit().rollout;
    draft.MoveTo(ServiceTrigger::kRestart, model::ServiceStatus::Starting);
    draft.Note(false, "Restarting", "Restart requested.");
    return Ok();
  });
}

Task<Status> Services::Delete(std::string name, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [](ServiceDraft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(Unlocked(draft.service(), true));
    ATELIER_RETURN_IF_ERROR(Accepting(draft.service(), ServiceTrigger::kDelete, "DeleteService"));
    draft.Edit().desired = Desired::Deleted;
    draft.MoveTo(ServiceTrigger::kDelete, model::ServiceStatus::Deleting);
    draft.Note(false, "Deleting", "Deletion requested.");
    return Ok();
  });
}

Task<Status> Services::SetLock(std::string name, SafetyLock lock, model::Actor actor) {
  return impl_->Mutate(std::move(name), std::move(actor), [lock](ServiceDraft& draft) -> Status {
    draft.Edit().lock = lock;
    draft.Note(false, "SafetyLock", fmt::format("The safety lock is {}.", EnumName(lock)));
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
  return impl_->MutateNamed(std::move(name), std::move(replica), std::move(actor),
                            [isolated](ReplicaDraft& draft) -> Status {
                              draft.Edit().isolated = isolated;
                              draft.Note(
                                  false, isolated ? "Isolated" : "Joined",
                                  isolated ? "Takes no traffic any more." : "Takes traffic again.");
                              return Ok();
                            });
}

Task<Status> Services::Detach(std::string name, std::string replica, model::Actor actor) {
  return impl_->MutateNamed(
      std::move(name), std::move(replica), std::move(actor), [](ReplicaDraft& draft) -> Status {
        const model::Replica& present = draft.replica();
        if (!model::IsCounted(present)) {
          return Error(Code::kFailedPrecondition,
                       fmt::format("Instance {} is {}.", present.name,
                                   present.leaving ? "on its way out" : "detached already"),
                       "WrongState");
        }
        draft.Edit().detached = true;
        draft.Note(false, "Detached", "Takes no traffic any more; another one takes its place.");
        return Ok();
      });
}

Task<Status> Services::Replace(std::string name, std::vector<std::string> replicas, bool soft,
                               model::Actor actor) {
  const directory::ServicePtr service = impl_->directory.Find(name);
  if (service == nullptr) co_return UnknownService(name);
  ATELIER_CO_RETURN_IF_ERROR(Unlocked(*service, false));
  std::set<model::InstanceId> ids;
  for (const std::string& replica : replicas) {
    const auto found = impl_->directory.FindReplicaNamed(service->id, replica);
    if (found == nullptr) co_return UnknownReplica(name, replica);
    ids.insert(found->id);
  }
  for (const model::InstanceId& id : ids) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await impl_->MutateReplica(name, id, actor, [soft](ReplicaDraft& draft) -> Status {
          const model::Replica& present = draft.replica();
          if (present.leaving) return Ok();
          if (!soft) {
            BeginLeave(draft, "it is replaced, as the user asked.");
            return Ok();
          }
          RestartProcess(draft);
          return Ok();
        }));
  }
  co_return Ok();
}

Task<Result<std::vector<model::ServiceVersion>>> Services::Versions(std::string name) {
  const directory::ServicePtr service = impl_->directory.Find(name);
  if (service == nullptr) co_return UnknownService(name);
  const std::string prefix = service->id.str() + "/";
  ATELIER_CO_TRY(const auto records,
                 co_await impl_->ScanAll(Kind::kServiceVersion, prefix, store::PrefixEnd(prefix)));
  std::vector<model::ServiceVersion> versions;
  for (const store::Record& record : records) {
    ATELIER_CO_TRY(auto version, FromRecord<model::ServiceVersion>(record.body));
    versions.push_back(std::move(version));
  }
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
  std::vector<model::ServiceEvent> events;
  if (to < from) co_return events;
  ATELIER_CO_TRY(const auto records,
                 co_await impl_->ScanAll(Kind::kServiceEvent, key(from), key(to + Duration{1})));
  for (const store::Record& record : records) {
    ATELIER_CO_TRY(auto event, FromRecord<model::ServiceEvent>(record.body));
    events.push_back(std::move(event));
  }
  co_return events;
}

}  // namespace atelier::control
