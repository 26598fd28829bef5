#include "control/dsw/instances.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/core/admission.h"
#include "control/core/read_all.h"
#include "control/dsw/change/draft.h"
#include "control/dsw/change/moves.h"
#include "store/writer.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;
using model::Trigger;
using store::Kind;
using store::Write;

namespace {

constexpr std::size_t kIdLength = 16;
constexpr std::string_view kInstanceLimit = "InstanceLimit";

Error Invalid(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

Status NotDeleting(const model::Instance& instance, std::string_view operation) {
  if (instance.status != InstanceStatus::Deleting) return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("Instance {} is Deleting, and {} is not possible in this state.",
                           instance.id.str(), operation),
               "WrongState");
}

void SetSpec(const model::EcsSpec& spec, model::Instance& instance) {
  instance.ecs_spec = spec.InstanceType;
  instance.accelerator = spec.Accelerator;
  instance.capacity = model::CapacityOf(spec);
}

Status ApplySpec(const model::Catalogue& catalogue, std::string_view name,
                 model::Instance& instance) {
  const model::EcsSpec* spec = catalogue.FindSpec(name);
  if (spec == nullptr) {
    return Invalid(
        fmt::format("EcsSpec {} ListEcsSpecs names what is.", catalogue.WhyNoSpec(name)));
  }
  SetSpec(*spec, instance);
  return Ok();
}

Status ApplyImage(const model::Catalogue& catalogue, std::string_view id_or_url,
                  model::Instance& instance) {
  const model::Image* image = catalogue.FindImage(id_or_url);
  if (image == nullptr) {
    return Invalid(fmt::format("Image (ImageId or ImageUrl) {}", catalogue.WhyNoImage(id_or_url)));
  }
  instance.image_id = image->ImageId;
  instance.image_url = image->ImageUrl;
  instance.image_name = image->ImageName;
  return Ok();
}

/// A refusal of Admission, with what may be done about it.
Error Advised(const Error& error) {
  const bool never = error.code() == Code::kInvalidArgument;
  return {error.code(),
          error.message() +
              (never ? " Choose a smaller EcsSpec: ListEcsSpecs names those that fit."
                     : " Stop what is not needed, or choose a smaller EcsSpec, and try again."),
          error.reason()};
}

Status EditToStop(Draft& draft, std::string_view reason) {
  ATELIER_RETURN_IF_ERROR(Accepting(draft.instance(), Trigger::kStop, "StopInstance"));
  BeginStop(draft, reason);
  return Ok();
}

Status EditToDelete(Draft& draft) {
  ATELIER_RETURN_IF_ERROR(Accepting(draft.instance(), Trigger::kDelete, "DeleteInstance"));
  BeginDelete(draft);
  return Ok();
}

std::string NewCommandId(Random& random) {
  // Decimal text without a leading zero, as the documents show it.
  std::array<std::uint8_t, 8> raw{};
  random.Fill(raw);
  std::uint64_t number = 0;
  for (const std::uint8_t byte : raw) number = number << 8U | byte;
  static constexpr std::uint64_t kMin = 1'000'000'000;
  return std::to_string(kMin + number % (9 * kMin));
}

void SetLabels(std::vector<model::Label>& present, const std::vector<model::Label>& labels) {
  for (const model::Label& label : labels) {
    const auto same = std::ranges::find(present, label.key, &model::Label::key);
    if (same == present.end()) {
      present.push_back(label);
    } else {
      same->value = label.value;
    }
  }
}

/// True: the field had another value.
template <class T>
bool Replace(T& field, const std::optional<T>& value) {
  if (!value || *value == field) return false;
  field = *value;
  return true;
}

std::string RuleText(const model::IdleCuller& rule) {
  return fmt::format("stop after {} minutes with CPU below {} %.", rule.max_idle_minutes,
                     rule.cpu_percent_threshold);
}

Status CheckCuller(const model::IdleCuller& culler, const model::Instance& instance) {
  const auto percent = [](int value) { return value >= 1 && value <= 100; };
  if (!percent(culler.cpu_percent_threshold)) {
    return Invalid("CpuPercentThreshold must be from 1 to 100.");
  }
  if (culler.gpu_percent_threshold) {
    if (instance.accelerator != model::AcceleratorType::GPU) {
      return Invalid("GpuPercentThreshold is for instances with a GPU only.");
    }
    if (!percent(*culler.gpu_percent_threshold)) {
      return Invalid("GpuPercentThreshold must be from 1 to 100.");
    }
  }
  if (culler.max_idle_minutes < 1) return Invalid("MaxIdleTimeInMinutes must be at least 1.");
  return Ok();
}

}  // namespace

struct Instances::Impl {
  store::Store& store;
  const directory::InstanceDirectory& directory;
  const model::Catalogue& catalogue;
  Clock& clock;
  Random& random;
  Options options;
  store::Writer writer;

  /// Edits the present instance; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(Draft&)>;

  /// `optimistic`: the name is taken for free, as most are, and not looked for.
  Task<Result<store::Creation>> PlanCreate(const NewInstance& request, bool optimistic);
  Result<model::Instance> Describe(const NewInstance& request);
  Task<Status> Mutate(model::InstanceId id, model::Actor actor, Edit edit, Errand errand = {});
  Status EditToStart(Draft& draft) const;
  /// The same to all of them, in one transaction: an error leaves every one as it is. `edit` ends
  /// them (promise 10), and changes no name.
  Task<Status> MutateAll(std::set<model::InstanceId> ids, model::Actor actor, Edit edit);
  Task<Result<store::Transaction>> PlanEdit(const model::InstanceId& id, const Edit& edit,
                                            const Errand& errand);
  /// What is stored now, edited.
  Result<Draft> Edited(const model::InstanceId& id, const Edit& edit,
                       const Errand& errand = {}) const;
  Task<Status> NameIsFree(model::WorkspaceId workspace, std::string name, model::InstanceId mine);
  Status ApplyChange(const InstanceChange& change, Draft& draft);
  bool ApplyPlain(const InstanceChange& change, model::Instance& next);
  Result<bool> ApplyRestarting(const InstanceChange& change, model::Instance& next);
  /// Whether there may be so many instances.
  Status MayHave(std::size_t count) const;
  /// Keeps room for what the draft starts, or makes larger, until it is written down.
  Status Admit(Draft& draft) const;
  template <class T>
  Task<Result<std::vector<T>>> Numbered(Kind kind, model::InstanceId id);
};

Instances::Instances(store::Store& store, const directory::InstanceDirectory& directory,
                     const model::Catalogue& catalogue, Clock& clock, Random& random,
                     Options options)
    : impl_(new Impl{.store = store,
                     .directory = directory,
                     .catalogue = catalogue,
                     .clock = clock,
                     .random = random,
                     .options = std::move(options),
                     .writer = store::Writer(store, clock)}) {}

Result<model::Instance> Instances::Impl::Describe(const NewInstance& request) {
  model::Instance fresh;
  ATELIER_RETURN_IF_ERROR(ApplySpec(catalogue, request.ecs_spec, fresh));
  ATELIER_RETURN_IF_ERROR(ApplyImage(catalogue, request.image, fresh));
  fresh.workspace = request.workspace;
  fresh.owner = request.owner;
  fresh.name = request.name;
  fresh.accessibility = request.accessibility;
  fresh.priority = request.priority;
  fresh.environment = request.environment;
  SetLabels(fresh.labels, request.labels);
  SetLabels(fresh.tags, request.tags);
  fresh.on_start = request.on_start;
  if (fresh.on_start) fresh.user_command_id = NewCommandId(random);
  fresh.workspace_source = request.workspace_source;
  fresh.driver = request.driver;
  fresh.image_auth = request.image_auth;
  fresh.oversold_type = request.oversold_type;
  fresh.access_restriction_rules = request.access_restriction_rules;
  fresh.migration_options = request.migration_options;
  fresh.credentials = request.credentials;
  if (options.idle_rule) fresh.culler = options.idle_rule(fresh.workspace);
  if (fresh.culler) {
    fresh.culler->standard = true;
    if (fresh.accelerator != model::AcceleratorType::GPU)
      fresh.culler->gpu_percent_threshold.reset();
  }
  return fresh;
}

Status Instances::Impl::MayHave(std::size_t count) const {
  if (count <= options.max_instances) return Ok();
  return Error(Code::kResourceExhausted,
               fmt::format("The limit of {} instances is reached.", options.max_instances),
               std::string(kInstanceLimit));
}

Status Instances::Impl::Admit(Draft& draft) const {
  if (options.admission == nullptr) return Ok();
  auto room = options.admission->Admit(draft.instance());
  if (!room) return Advised(room.error());
  draft.Keep(*std::move(room));
  return Ok();
}

Status Instances::Impl::EditToStart(Draft& draft) const {
  ATELIER_RETURN_IF_ERROR(Accepting(draft.instance(), Trigger::kStart, "StartInstance"));
  BeginStart(draft);
  return Admit(draft);
}

Task<Status> Instances::Impl::NameIsFree(model::WorkspaceId workspace, std::string name,
                                         model::InstanceId mine) {
  const auto taken = co_await store.Get(Kind::kInstanceName, NameKey(workspace, name));
  if (!taken) {
    if (taken.error().code() == Code::kNotFound) co_return Ok();
    co_return taken.error();
  }
  if (taken->body == ToJson(mine)) co_return Ok();
  co_return DuplicateName(name);
}

Task<Result<store::Creation>> Instances::Impl::PlanCreate(const NewInstance& request,
                                                          bool optimistic) {
  ATELIER_CO_TRY(model::Instance fresh, Describe(request));
  ATELIER_CO_RETURN_IF_ERROR(MayHave(directory.size() + writer.making()));
  if (!optimistic)
    ATELIER_CO_RETURN_IF_ERROR(co_await NameIsFree(request.workspace, request.name, {}));
  fresh.id = model::InstanceId("dsw-" + random.LowerAlnum(kIdLength));
  const model::InstanceId id = fresh.id;
  Draft draft = Draft::New(std::move(fresh), MomentOf(clock), options.max_events);
  draft.AddEvent(EventLevel::Info, "Created.");
  if (const auto& rule = draft.instance().culler)
    draft.AddEvent(EventLevel::Info, "Idle rule of the workspace: " + RuleText(*rule));
  ATELIER_CO_RETURN_IF_ERROR(Admit(draft));
  ATELIER_CO_RETURN_IF_ERROR(Claim(options.claim, request.workspace, draft));
  draft.AddWrite(
      Write::Put(Kind::kInstanceName, NameKey(request.workspace, request.name), ToJson(id), 0));
  co_return store::Creation{
      .transaction = std::move(draft).AsTransaction(), .id = id.str(), .target = id.str()};
}

Result<Draft> Instances::Impl::Edited(const model::InstanceId& id, const Edit& edit,
                                      const Errand& errand) const {
  const directory::InstancePtr found = directory.Find(id);
  if (found == nullptr) return UnknownInstance(id);
  if (errand.check) ATELIER_RETURN_IF_ERROR(errand.check(found));
  Draft draft(*found, directory.RevisionOf(id), MomentOf(clock), options.max_events);
  ATELIER_RETURN_IF_ERROR(edit(draft));
  draft.AddWrite(errand.writes);
  return draft;
}

Task<Result<store::Transaction>> Instances::Impl::PlanEdit(const model::InstanceId& id,
                                                           const Edit& edit, const Errand& errand) {
  ATELIER_CO_TRY(Draft draft, Edited(id, edit, errand));
  const directory::InstancePtr before = directory.Find(id);
  const model::WorkspaceId workspace = draft.instance().workspace;
  const std::string name = draft.instance().name;
  const std::string old_name = before->name;
  if (name != old_name) {
    ATELIER_CO_RETURN_IF_ERROR(co_await NameIsFree(workspace, name, id));
    draft.AddWrite(Write::Delete(Kind::kInstanceName, NameKey(workspace, old_name)));
    draft.AddWrite(Write::Put(Kind::kInstanceName, NameKey(workspace, name), ToJson(id), 0));
  }
  co_return std::move(draft).AsTransaction();
}

Task<Status> Instances::Impl::Mutate(model::InstanceId id, model::Actor actor, Edit edit,
                                     Errand errand) {
  const auto plan = [&] { return PlanEdit(id, edit, errand); };
  co_return co_await writer.Commit(std::move(actor), {id.str()}, store::Writer::AskingPlan(plan));
}

Task<Status> Instances::Impl::MutateAll(std::set<model::InstanceId> ids, model::Actor actor,
                                        Edit edit) {
  const auto plan = [&]() -> Result<store::Transaction> {
    store::Transaction all{.ends = true};
    for (const model::InstanceId& id : ids) {
      ATELIER_TRY(Draft draft, Edited(id, edit));
      std::ranges::move(std::move(draft).Finish(), std::back_inserter(all.writes));
    }
    return all;
  };
  std::vector<std::string> targets;
  targets.reserve(ids.size());
  for (const model::InstanceId& id : ids) targets.push_back(id.str());
  co_return co_await writer.Commit(std::move(actor), std::move(targets), plan);
}

/// True: something changed.
bool Instances::Impl::ApplyPlain(const InstanceChange& change, model::Instance& next) {
  bool changed = Replace(next.name, change.name);
  changed |= Replace(next.accessibility, change.accessibility);
  changed |= Replace(next.priority, change.priority);
  if (Replace(next.owner, change.owner)) {
    next.credentials.reset();  // the new owner has not asked for it
    changed = true;
  }
  changed |= Replace(next.workspace_source, change.workspace_source);
  changed |= Replace(next.driver, change.driver);
  changed |= Replace(next.image_auth, change.image_auth);
  changed |= Replace(next.oversold_type, change.oversold_type);
  changed |= Replace(next.migration_options, change.migration_options);
  return changed;
}

/// True: something changed that only a new start brings about.
Result<bool> Instances::Impl::ApplyRestarting(const InstanceChange& change, model::Instance& next) {
  bool changed = false;
  if (change.ecs_spec) {
    if (*change.ecs_spec == next.ecs_spec) {
      return Invalid(fmt::format("EcsSpec is already {}.", next.ecs_spec));
    }
    ATELIER_RETURN_IF_ERROR(ApplySpec(catalogue, *change.ecs_spec, next));
    changed = true;
  }
  if (change.image) {
    const std::string before = next.image_id;
    ATELIER_RETURN_IF_ERROR(ApplyImage(catalogue, *change.image, next));
    changed = changed || before != next.image_id;
  }
  changed |= Replace(next.environment, change.environment);
  changed |= Replace(next.credentials, change.credentials);
  if (Replace(next.on_start, change.on_start)) {
    next.user_command_id = next.on_start ? NewCommandId(random) : std::string();
    changed = true;
  }
  return changed;
}

Status Instances::Impl::ApplyChange(const InstanceChange& change, Draft& draft) {
  ATELIER_RETURN_IF_ERROR(Accepting(draft.instance(), Trigger::kUpdate, "UpdateInstance"));
  model::Instance next = draft.instance();
  const bool plain = ApplyPlain(change, next);
  ATELIER_TRY(const bool restart, ApplyRestarting(change, next));
  // What changes nothing moves no state and is no event.
  if (!plain && !restart && !change.start_afterwards) return Ok();
  if (plain || restart) {
    model::Instance& edited = draft.Edit();  // moves the time of the last change
    next.modified = edited.modified;
    edited = std::move(next);
  }
  const bool runs = draft.instance().status == InstanceStatus::Running;
  if (!runs) {
    BeginResettle(draft, change.start_afterwards);
  } else if (restart) {
    BeginRestart(draft);
  } else {
    draft.AddEvent(EventLevel::Info, "Settings changed.");
  }
  // One that runs may have become larger, or another user's.
  return runs || change.start_afterwards ? Admit(draft) : Ok();
}

template <class T>
Task<Result<std::vector<T>>> Instances::Impl::Numbered(Kind kind, model::InstanceId id) {
  if (directory.Find(id) == nullptr) co_return UnknownInstance(id);
  const std::string prefix = id.str() + "/";
  co_return co_await ReadAll<T>(store, kind, prefix, store::PrefixEnd(prefix));
}

Task<Result<model::InstanceId>> Instances::Create(NewInstance request,
                                                  std::optional<ClientToken> token,
                                                  model::Actor actor) {
  if (token) actor.token = std::move(token);
  bool optimistic = true;
  const auto plan = [&] { return impl_->PlanCreate(request, std::exchange(optimistic, false)); };
  ATELIER_CO_TRY(std::string id, co_await impl_->writer.Create(
                                     std::move(actor), store::Writer::AskingCreationPlan(plan)));
  co_return model::InstanceId(std::move(id));
}

std::optional<Instances::Obstacle> Instances::WhyNot(const model::WorkspaceId& workspace,
                                                     const model::UserId& owner,
                                                     const model::EcsSpec& spec) const {
  const Status more = impl_->MayHave(impl_->directory.size() + impl_->writer.making() + 1);
  if (!more) return Obstacle{.reason = kInstanceLimit, .error = more.error()};
  if (impl_->options.admission == nullptr) return std::nullopt;
  model::Instance next;  // without an id: it holds nothing yet
  next.workspace = workspace;
  next.owner = owner;
  SetSpec(spec, next);
  const auto no_room = impl_->options.admission->WhyNot(next);
  if (!no_room) return std::nullopt;
  return Obstacle{.reason = EnumName(no_room->shortage), .error = Advised(no_room->error)};
}

Task<Status> Instances::Update(model::InstanceId id, InstanceChange change, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor),
                       [impl = impl_.get(), change = std::move(change)](Draft& draft) {
                         return impl->ApplyChange(change, draft);
                       });
}

Task<Status> Instances::Start(model::InstanceId id, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor),
                       [impl = impl_.get()](Draft& draft) { return impl->EditToStart(draft); });
}

Task<Status> Instances::Stop(model::InstanceId id, std::string reason, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [reason = std::move(reason)](Draft& draft) {
    return EditToStop(draft, reason);
  });
}

Task<Status> Instances::Delete(model::InstanceId id, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), EditToDelete);
}

Task<Status> Instances::Act(model::BulkAction action, model::InstanceId id, Errand errand,
                            model::Actor actor) {
  Impl::Edit edit;
  switch (action) {
    case model::BulkAction::Start:
      edit = [impl = impl_.get()](Draft& draft) { return impl->EditToStart(draft); };
      break;
    case model::BulkAction::Stop:
      edit = [reason = errand.reason](Draft& draft) { return EditToStop(draft, reason); };
      break;
    case model::BulkAction::Delete:
      edit = EditToDelete;
      break;
  }
  return impl_->Mutate(std::move(id), std::move(actor), std::move(edit), std::move(errand));
}

Task<Status> Instances::StopAll(std::vector<model::InstanceId> ids, std::string reason,
                                model::Actor actor) {
  return impl_->MutateAll(
      std::set(ids.begin(), ids.end()), std::move(actor),
      [reason = std::move(reason)](Draft& draft) { return EditToStop(draft, reason); });
}

Task<Status> Instances::DeleteAll(std::vector<model::InstanceId> ids, model::Actor actor) {
  return impl_->MutateAll(std::set(ids.begin(), ids.end()), std::move(actor), EditToDelete);
}

Task<Status> Instances::PutLabels(model::InstanceId id, std::vector<model::Label> labels,
                                  model::Actor actor) {
  return impl_->Mutate(
      std::move(id), std::move(actor), [labels = std::move(labels)](Draft& draft) -> Status {
        ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "UpdateInstanceLabels"));
        std::vector<model::Label>& all = draft.Edit().labels;
        SetLabels(all, labels);
        // Here and not before: labels that others add meanwhile count.
        if (all.size() > model::kMaxLabels) {
          return Invalid(fmt::format("Labels would exceed the limit of {} labels of an instance.",
                                     model::kMaxLabels));
        }
        return Ok();
      });
}

Task<Status> Instances::DeleteLabels(model::InstanceId id, std::set<std::string> keys,
                                     model::Actor actor) {
  return impl_->Mutate(
      std::move(id), std::move(actor), [keys = std::move(keys)](Draft& draft) -> Status {
        ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "DeleteInstanceLabels"));
        std::erase_if(draft.Edit().labels,
                      [&](const model::Label& label) { return keys.contains(label.key); });
        return Ok();
      });
}

Task<Status> Instances::PutTimer(model::InstanceId id, WallTime due, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [due](Draft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "CreateInstanceShutdownTimer"));
    if (due <= draft.now()) return Invalid("DueTime must be in the future.");
    std::optional<model::ShutdownTimer>& timer = draft.Edit().timer;
    timer = {.due = due, .created = timer ? timer->created : draft.now(), .modified = draft.now()};
    draft.AddEvent(EventLevel::Info, fmt::format("Shutdown timer set to {}.", FormatSeconds(due)));
    return Ok();
  });
}

Task<Status> Instances::DeleteTimer(model::InstanceId id, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [](Draft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "DeleteInstanceShutdownTimer"));
    if (!draft.instance().timer) {
      return Error(Code::kNotFound, "The instance has no shutdown timer.", "UnknownTimer");
    }
    draft.Edit().timer.reset();
    draft.AddEvent(EventLevel::Info, "Shutdown timer removed.");
    return Ok();
  });
}

Task<Status> Instances::CreateCuller(model::InstanceId id, model::IdleCuller culler,
                                     model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [culler](Draft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "CreateIdleInstanceCuller"));
    ATELIER_RETURN_IF_ERROR(CheckCuller(culler, draft.instance()));
    if (draft.instance().culler && !draft.instance().culler->standard) {
      return Error(Code::kFailedPrecondition,
                   "The instance already has an idle rule. Delete it first.", "CullerExists");
    }
    draft.Edit().culler = culler;
    draft.AddEvent(EventLevel::Info, "Idle rule set: " + RuleText(culler));
    return Ok();
  });
}

Task<Status> Instances::Extend(model::InstanceId id, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [](Draft& draft) -> Status {
    if (!draft.instance().culler) {
      return Error(Code::kFailedPrecondition,
                   "The instance has no idle rule: without use it is not stopped.",
                   "UnknownCuller");
    }
    if (draft.instance().status != InstanceStatus::Running) {
      return Error(
          Code::kFailedPrecondition,
          fmt::format("Instance {} does not run. Start it first.", draft.instance().id.str()),
          "WrongState");
    }
    draft.Edit().culler->extended = draft.now();
    draft.AddEvent(EventLevel::Info, "Extended. Idle time counts from zero.");
    return Ok();
  });
}

Task<Status> Instances::DeleteCuller(model::InstanceId id, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [](Draft& draft) -> Status {
    ATELIER_RETURN_IF_ERROR(NotDeleting(draft.instance(), "DeleteIdleInstanceCuller"));
    if (!draft.instance().culler) {
      return Error(Code::kNotFound, "The instance has no idle rule.", "UnknownCuller");
    }
    draft.Edit().culler.reset();
    draft.AddEvent(EventLevel::Info, "Idle rule removed.");
    return Ok();
  });
}

const Admission* Instances::admission() const { return impl_->options.admission; }

Task<Result<std::vector<model::Event>>> Instances::Events(model::InstanceId id,
                                                          std::optional<WallTime> from,
                                                          std::optional<WallTime> to) {
  ATELIER_CO_TRY(auto events, co_await impl_->Numbered<model::Event>(Kind::kEvent, std::move(id)));
  std::erase_if(events, [&](const model::Event& event) {
    return (from && event.time < *from) || (to && event.time > *to);
  });
  co_return events;
}

Task<Result<std::vector<model::LifecycleStep>>> Instances::Lifecycle(model::InstanceId id) {
  return impl_->Numbered<model::LifecycleStep>(Kind::kLifecycleStep, std::move(id));
}

}  // namespace atelier::control
