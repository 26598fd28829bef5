#include "control/core/admission.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace atelier::control {

using model::InstanceStatus;
using model::Resources;
using store::Kind;

namespace {

constexpr std::uint64_t kPage = 1000;  // the most of ListInstances

/// What the workloads of a user, a workspace, or everybody hold.
struct Tally {
  std::int64_t instances = 0;
  std::int64_t replicas = 0;
  Resources resources;
  std::int64_t workloads() const { return instances + replicas; }
};

/// What one workload holds, or asks for.
struct Claim {
  model::UserId user;
  model::WorkspaceId workspace;  // empty: of none
  bool replica = false;
  Resources resources;
  friend bool operator==(const Claim&, const Claim&) = default;
};

/// Whether an instance holds room; nullopt: if it did before.
std::optional<bool> HoldsRoom(const model::Instance& instance) {
  switch (instance.status) {
    case InstanceStatus::Stopped:
    case InstanceStatus::Failed:
    case InstanceStatus::Saved:
    case InstanceStatus::SaveFailed:
      return false;
    case InstanceStatus::Stopping:
    case InstanceStatus::Deleting:
      return std::nullopt;
    case InstanceStatus::Updating:  // at rest, or between two lives
      return instance.desired == model::Desired::Running;
    default:
      return true;
  }
}

std::optional<bool> HoldsRoom(const model::Replica& replica) {
  if (replica.leaving) return std::nullopt;
  return !IsWaitingForRoom(replica);
}

std::string Vcpus(std::int64_t milli) {
  return fmt::format("{} vCPU", static_cast<double>(milli) / model::kMilli);
}

std::string Gib(std::int64_t mib) {
  const std::int64_t tenths = mib * 10 / 1024;  // downwards: too little must not read as enough
  return fmt::format("{} GB of memory", static_cast<double>(tenths) / 10);
}

std::string Counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "3 instances and 1 service instance".
std::string Holders(const Tally& tally) {
  std::string text;
  if (tally.instances > 0 || tally.replicas == 0) text = Counted(tally.instances, "instance");
  if (tally.replicas == 0) return text;
  return text + (text.empty() ? "" : " and ") + Counted(tally.replicas, "service instance");
}

std::int64_t Percent(std::int64_t whole, std::int64_t percent) {
  // Of what is without end, no more.
  return whole >= model::kPlenty ? whole : whole * percent / 100;
}

/// What `amount` makes of the two amounts of each kind.
template <class Amount>
Resources OfEach(const Resources& a, const Resources& b, Amount amount) {
  return {.milli_cpu = amount(a.milli_cpu, b.milli_cpu),
          .memory_mib = amount(a.memory_mib, b.memory_mib),
          .milli_gpu = amount(a.milli_gpu, b.milli_gpu),
          .processes = amount(a.processes, b.processes)};
}

Resources Larger(const Resources& a, const Resources& b) {
  return OfEach(a, b, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
}

Resources Smaller(const Resources& a, const Resources& b) {
  return OfEach(a, b, [](std::int64_t x, std::int64_t y) { return std::min(x, y); });
}

Error NotNow(std::string message) {
  return {Code::kResourceExhausted, std::move(message), std::string(kNoRoom)};
}

/// What is left of `whole`, which may be without end.
std::int64_t Left(std::int64_t whole, std::int64_t taken) {
  return whole >= model::kPlenty ? model::kPlenty : std::max<std::int64_t>(whole - taken, 0);
}
/// The same of a limit, which may be none.
std::int64_t LeftOf(std::int64_t limit, std::int64_t taken) {
  return limit > 0 ? Left(limit, taken) : model::kPlenty;
}

/// What a cap leaves to those whose workloads are counted by `tally`.
Room LeftOf(const AdmissionCap& cap, const Tally& tally) {
  return {.most = {.milli_cpu = LeftOf(cap.milli_cpu, tally.resources.milli_cpu),
                   .memory_mib = LeftOf(cap.memory_mib, tally.resources.memory_mib),
                   .milli_gpu = model::kPlenty,
                   .processes = model::kPlenty},
          .workloads = LeftOf(cap.workloads, tally.workloads())};
}

}  // namespace

Resources Room::Lacking(const Resources& needs) const {
  return OfEach(needs, most, [](std::int64_t need, std::int64_t room) {
    return std::max<std::int64_t>(need - room, 0);
  });
}

bool IsWaitingForRoom(const model::Replica& replica) {
  return replica.status == model::ReplicaStatus::Pending && replica.reason == kNoRoom;
}

struct Admission::Impl : std::enable_shared_from_this<Impl> {
  Impl(const directory::InstanceDirectory& instances_in,
       const directory::ServiceDirectory& services_in, const model::Catalogue& catalogue_in,
       const AdmissionOptions& options_in)
      : instances(instances_in),
        services(services_in),
        catalogue(catalogue_in),
        options(options_in),
        total(options.host) {
    total.milli_cpu = Percent(total.milli_cpu, options.cpu_percent);
    total.memory_mib = Percent(total.memory_mib, options.memory_percent);
  }

  /// Gives its room back, unless the record has come.
  struct Kept {
    std::weak_ptr<Impl> impl;
    model::InstanceId id;
    std::uint64_t number = 0;
    Kept(std::weak_ptr<Impl> of, model::InstanceId key, std::uint64_t n)
        : impl(std::move(of)), id(std::move(key)), number(n) {}
    ~Kept() {
      if (const auto owner = impl.lock()) owner->Drop(id, number);
    }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
  };
  struct Pending {
    std::uint64_t number = 0;     // of the latest reservation
    std::optional<Claim> before;  // what the record holds
  };

  void Count(const Claim& claim, int sign);
  /// The room that `id` holds from now on; nullopt: none.
  void Set(const model::InstanceId& id, std::optional<Claim> claim);
  void Drop(const model::InstanceId& id, std::uint64_t number);
  /// What the record of `id` says now.
  void Follow(const model::InstanceId& id, std::optional<bool> holds, Claim claim, bool loading);
  void Follow(const model::Instance& instance, bool loading) {
    Claim claim = ClaimOf(instance);
    // The life with the old settings has not ended yet.
    const auto held = claims.find(instance.id);
    if (instance.status == InstanceStatus::Updating && held != claims.end())
      claim.resources = Larger(claim.resources, held->second.resources);
    Follow(instance.id, HoldsRoom(instance), std::move(claim), loading);
  }
  void Follow(const model::Replica& replica, bool loading) {
    Follow(replica.id, HoldsRoom(replica), ClaimOf(replica), loading);
  }
  void LoadInstances();
  void Recheck(const model::InstanceId& id);

  Claim ClaimOf(const model::Instance& instance) const {
    return {.user = instance.owner,
            .workspace = instance.workspace,
            .replica = false,
            .resources = model::ResourcesOf(instance.capacity)};
  }
  Claim ClaimOf(const model::Replica& replica) const;

  /// Of the host, when nothing else runs.
  Resources MostOfOne() const { return Smaller(options.host, total); }
  Resources Left() const;
  Status Never(const Resources& needs, std::int64_t count) const;
  Status HostHasRoom(const Claim& claim, const Resources& more) const;
  Status CapAllows(const AdmissionCap& cap, const Tally& tally, std::string_view whose,
                   const Claim& claim, const Claim* held) const;
  const Claim* HeldBy(const model::InstanceId& id) const;
  /// `held`: what it has already; null: nothing.
  std::optional<NoRoom> WhyNot(const Claim& claim, const Claim* held) const;
  Result<Reservation> Admit(const model::InstanceId& id, Claim claim);

  template <class Map, class Key>
  static const Tally& TallyOf(const Map& map, const Key& key) {
    static const Tally kNothing;
    const auto found = map.find(key);
    return found == map.end() ? kNothing : found->second;
  }

  const directory::InstanceDirectory& instances;
  const directory::ServiceDirectory& services;
  const model::Catalogue& catalogue;
  const AdmissionOptions options;
  Resources total;  // that is given out
  Tally all;
  std::map<model::UserId, Tally> users;  // those that hold anything
  std::map<model::WorkspaceId, Tally> workspaces;
  std::map<model::InstanceId, Claim> claims;     // of what holds room, reservations too
  std::map<model::InstanceId, Pending> pending;  // reservations whose record has not come
  std::uint64_t reservations = 0;
  std::set<model::InstanceId> living_on;  // they hold room as long as they live, and no longer
  Living living;
  std::function<void()> on_room;
};

Claim Admission::Impl::ClaimOf(const model::Replica& replica) const {
  Claim claim{.user = {}, .workspace = {}, .replica = true, .resources = {}};
  if (const directory::ServicePtr service = services.FindById(replica.service)) {
    claim.user = service->owner;
    claim.workspace = service->workspace;
  }
  model::Capacity capacity = replica.capacity;
  if (capacity == model::Capacity()) {  // of an earlier server: as its service is now
    if (const auto spec = services.SpecOf(replica.service_name))
      capacity = model::CapacityOf(*spec, catalogue.FindSpec(spec->instance_type));
  }
  claim.resources = model::ResourcesOf(capacity);
  return claim;
}

void Admission::Impl::Count(const Claim& claim, int sign) {
  const auto count = [&](Tally& tally) {
    (claim.replica ? tally.replicas : tally.instances) += sign;
    if (sign > 0) {
      tally.resources += claim.resources;
    } else {
      tally.resources -= claim.resources;
    }
    return tally.workloads() == 0;
  };
  count(all);
  if (count(users[claim.user])) users.erase(claim.user);
  if (count(workspaces[claim.workspace])) workspaces.erase(claim.workspace);
}

void Admission::Impl::Set(const model::InstanceId& id, std::optional<Claim> claim) {
  const auto found = claims.find(id);
  if (found != claims.end()) {
    if (claim && *claim == found->second) return;
    Count(found->second, -1);
  }
  if (claim) Count(*claim, +1);
  if (found == claims.end()) {
    if (claim) claims.emplace(id, *std::move(claim));
    return;  // there is no more room than before
  }
  if (claim) {
    found->second = *std::move(claim);
  } else {
    claims.erase(found);
  }
  if (on_room) on_room();
}

void Admission::Impl::Drop(const model::InstanceId& id, std::uint64_t number) {
  const auto found = pending.find(id);
  if (found == pending.end() || found->second.number != number) return;
  std::optional<Claim> before = std::move(found->second.before);
  pending.erase(found);
  Set(id, std::move(before));
}

void Admission::Impl::Follow(const model::InstanceId& id, std::optional<bool> holds, Claim claim,
                             bool loading) {
  bool held = loading || claims.contains(id);
  if (const auto found = pending.find(id); found != pending.end()) {
    held = found->second.before.has_value();
    pending.erase(found);
  }
  if (holds.value_or(held)) {
    living_on.erase(id);
    return Set(id, std::move(claim));
  }
  const auto lives = living ? living(id) : std::nullopt;
  if (!lives) {
    living_on.erase(id);
    return Set(id, std::nullopt);
  }
  living_on.insert(id);
  claim.replica = model::IsReplicaId(id);
  claim.resources = model::ResourcesOf(*lives);
  Set(id, std::move(claim));
}

void Admission::Impl::Recheck(const model::InstanceId& id) {
  if (pending.contains(id)) return;  // its record is on its way
  if (const auto instance = instances.Find(id)) {
    Follow(*instance, false);
  } else if (const auto replica = services.FindReplica(id)) {
    Follow(*replica, false);
  } else {
    Follow(id, false, {}, false);
  }
}

void Admission::Impl::LoadInstances() {
  directory::Viewer everybody;
  everybody.sees_all = true;
  directory::InstanceQuery query;
  query.status.emplace();
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<InstanceStatus>>([&](auto d) {
    model::Instance any;
    any.status = d.value;
    if (HoldsRoom(any).value_or(true)) query.status->insert(d.value);
  });
  query.page_size = kPage;
  for (;; ++query.page_number) {
    const directory::Page page = instances.List(everybody, query);
    for (const directory::InstancePtr& instance : page.instances) Follow(*instance, true);
    if (page.instances.size() < kPage) break;
  }
}

Status Admission::Impl::Never(const Resources& needs, std::int64_t count) const {
  const Resources one = MostOfOne();
  if (needs.milli_cpu > one.milli_cpu || needs.memory_mib > one.memory_mib ||
      needs.processes > one.processes) {
    return Error(Code::kInvalidArgument,
                 fmt::format("It needs {} and {}, and this server's host has {} and {} for one.",
                             Vcpus(needs.milli_cpu), Gib(needs.memory_mib), Vcpus(one.milli_cpu),
                             Gib(one.memory_mib)));
  }
  if (needs.milli_gpu > total.milli_gpu) {
    return Error(
        Code::kInvalidArgument,
        total.milli_gpu == 0
            ? "It needs a GPU, and this server's host has none to give."
            : fmt::format("It needs {} GPU, and this server's host has {}.",
                          needs.milli_gpu / model::kMilli, total.milli_gpu / model::kMilli));
  }
  const auto most = [&](std::int64_t whole, std::int64_t each) {
    return each <= 0 ? count : std::min(count, whole / each);
  };
  const std::int64_t fit =
      std::min({most(total.milli_cpu, needs.milli_cpu), most(total.memory_mib, needs.memory_mib),
                most(total.milli_gpu, needs.milli_gpu), most(total.processes, needs.processes)});
  if (fit >= count) return Ok();
  return Error(Code::kInvalidArgument,
               fmt::format("This server has room for {} of {} and {} each, even when nothing else "
                           "runs.",
                           fit, Vcpus(needs.milli_cpu), Gib(needs.memory_mib)));
}

Resources Admission::Impl::Left() const { return OfEach(total, all.resources, control::Left); }

Status Admission::Impl::HostHasRoom(const Claim& claim, const Resources& more) const {
  const auto lacks = [&, left = Left()](std::int64_t Resources::* amount) {
    return more.*amount > left.*amount;
  };
  std::string full;
  if (lacks(&Resources::milli_cpu)) {
    full = fmt::format("{} of {} are", Vcpus(all.resources.milli_cpu), Vcpus(total.milli_cpu));
  } else if (lacks(&Resources::memory_mib)) {
    full = fmt::format("{} of {} are", Gib(all.resources.memory_mib), Gib(total.memory_mib));
  } else if (lacks(&Resources::milli_gpu)) {
    full = fmt::format("{} of {} GPU are", all.resources.milli_gpu / model::kMilli,
                       total.milli_gpu / model::kMilli);
  } else if (lacks(&Resources::processes)) {
    full = fmt::format("{} of {} processes are", all.resources.processes, total.processes);
  } else {
    return Ok();
  }
  const Tally& own = TallyOf(users, claim.user);
  return NotNow(fmt::format(
      "There is no room on this server now: it needs {} and {}; {} taken by {} (of this user: {}).",
      Vcpus(claim.resources.milli_cpu), Gib(claim.resources.memory_mib), full, Holders(all),
      own.workloads() == 0 ? "none" : Holders(own)));
}

/// `tally`: of the user or workspace that the claim is for; `held`: what of it this one has.
Status Admission::Impl::CapAllows(const AdmissionCap& cap, const Tally& tally,
                                  std::string_view whose, const Claim& claim,
                                  const Claim* held) const {
  Resources more = claim.resources;
  if (held != nullptr) more -= held->resources;
  const Room left = LeftOf(cap, tally);
  std::string limit;
  if (held == nullptr && left.workloads < 1) {
    limit = fmt::format("{} running at once", cap.workloads);
  } else if (more.milli_cpu > left.most.milli_cpu) {
    limit = Vcpus(cap.milli_cpu);
  } else if (more.memory_mib > left.most.memory_mib) {
    limit = Gib(cap.memory_mib);
  } else {
    return Ok();
  }
  return NotNow(fmt::format(
      "The limit of this {} is {}: it needs {} and {}, and {} with {} and {} run already.", whose,
      limit, Vcpus(claim.resources.milli_cpu), Gib(claim.resources.memory_mib), Holders(tally),
      Vcpus(tally.resources.milli_cpu), Gib(tally.resources.memory_mib)));
}

const Claim* Admission::Impl::HeldBy(const model::InstanceId& id) const {
  const auto found = claims.find(id);
  return found == claims.end() ? nullptr : &found->second;
}

std::optional<NoRoom> Admission::Impl::WhyNot(const Claim& claim, const Claim* held) const {
  // What takes no more than it has is not refused, however small the host or the limits are.
  Resources more = claim.resources;
  if (held != nullptr) more -= held->resources;
  if (held == nullptr || Larger(claim.resources, held->resources) != held->resources) {
    if (const Status ever = Never(claim.resources, 1); !ever)
      return NoRoom{.shortage = Shortage::HostTooSmall, .error = ever.error()};
  }
  if (const Status now = HostHasRoom(claim, more); !now)
    return NoRoom{.shortage = Shortage::HostFull, .error = now.error()};
  const bool same_user = held != nullptr && held->user == claim.user;
  if (const Status allowed = CapAllows(options.per_user, TallyOf(users, claim.user), "user", claim,
                                       same_user ? held : nullptr);
      !allowed)
    return NoRoom{.shortage = Shortage::UserLimit, .error = allowed.error()};
  if (claim.workspace.empty()) return std::nullopt;
  const bool same = held != nullptr && held->workspace == claim.workspace;
  if (const Status allowed = CapAllows(options.per_workspace, TallyOf(workspaces, claim.workspace),
                                       "workspace", claim, same ? held : nullptr);
      !allowed)
    return NoRoom{.shortage = Shortage::WorkspaceLimit, .error = allowed.error()};
  return std::nullopt;
}

Result<Reservation> Admission::Impl::Admit(const model::InstanceId& id, Claim claim) {
  const Claim* held = HeldBy(id);
  if (const auto no_room = WhyNot(claim, held)) return no_room->error;
  const std::uint64_t number = ++reservations;
  // A second one for the same workload: what the record holds is known from the first.
  const auto [place, first] = pending.try_emplace(id);
  place->second.number = number;
  if (first && held != nullptr) place->second.before = *held;
  if (held != nullptr) claim.resources = Larger(claim.resources, held->resources);
  Set(id, std::move(claim));
  return std::make_shared<const Kept>(weak_from_this(), id, number);
}

Admission::Admission(const directory::InstanceDirectory& instances,
                     const directory::ServiceDirectory& services, const model::Catalogue& catalogue,
                     const AdmissionOptions& options)
    : impl_(std::make_shared<Impl>(instances, services, catalogue, options)) {}

Admission::~Admission() = default;

void Admission::Load() {
  impl_->LoadInstances();
  for (const directory::ReplicaPtr& replica : impl_->services.AllReplicas())
    impl_->Follow(*replica, true);
}

void Admission::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    const model::InstanceId id(change.record.key);
    if (change.record.kind == Kind::kInstance) {
      const directory::InstancePtr instance = impl_->instances.Find(id);
      instance ? impl_->Follow(*instance, false) : impl_->Follow(id, false, {}, false);
    } else if (change.record.kind == Kind::kServiceReplica) {
      const directory::ReplicaPtr replica = impl_->services.FindReplica(id);
      replica ? impl_->Follow(*replica, false) : impl_->Follow(id, false, {}, false);
    }
  }
}

Status Admission::CanEver(const model::Capacity& capacity, std::int64_t count) const {
  return impl_->Never(model::ResourcesOf(capacity), count);
}

Result<Reservation> Admission::Admit(const model::Instance& next) {
  return impl_->Admit(next.id, impl_->ClaimOf(next));
}

Result<Reservation> Admission::Admit(const model::Replica& next) {
  return impl_->Admit(next.id, impl_->ClaimOf(next));
}

std::optional<NoRoom> Admission::WhyNot(const model::Instance& next) const {
  return impl_->WhyNot(impl_->ClaimOf(next), impl_->HeldBy(next.id));
}

Room Admission::RoomFor(const model::UserId& user, const model::WorkspaceId& workspace) const {
  const Impl& now = *impl_;
  const Room of_user = LeftOf(now.options.per_user, Impl::TallyOf(now.users, user));
  const Room of_workspace = LeftOf(workspace.empty() ? AdmissionCap() : now.options.per_workspace,
                                   Impl::TallyOf(now.workspaces, workspace));
  return {.most = Smaller(Smaller(now.MostOfOne(), now.Left()),
                          Smaller(of_user.most, of_workspace.most)),
          .workloads = std::min(of_user.workloads, of_workspace.workloads)};
}

void Admission::SetLiving(Living living) { impl_->living = std::move(living); }

void Admission::Found(const model::InstanceId& id) { impl_->Recheck(id); }

void Admission::Observed() {
  const std::set<model::InstanceId> all = impl_->living_on;  // looking takes out some
  for (const model::InstanceId& id : all) impl_->Recheck(id);
}

void Admission::SetOnRoom(std::function<void()> on_room) { impl_->on_room = std::move(on_room); }

bool Admission::HasRoom(const model::Capacity& capacity) const {
  Claim claim{.user = {}, .workspace = {}, .replica = false, .resources = {}};
  claim.resources = model::ResourcesOf(capacity);
  return impl_->Never(claim.resources, 1) && impl_->HostHasRoom(claim, claim.resources);
}

const model::Resources& Admission::host() const { return impl_->options.host; }
const model::Resources& Admission::total() const { return impl_->total; }
const model::Resources& Admission::held() const { return impl_->all.resources; }
model::Resources Admission::left() const { return impl_->Left(); }

}  // namespace atelier::control
