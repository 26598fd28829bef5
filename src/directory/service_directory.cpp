#include "directory/service_directory.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/codec.h"

namespace atelier::directory {

using store::Kind;

namespace {

bool Before(const ReplicaPtr& a, const ReplicaPtr& b) {
  return a->created != b->created ? a->created < b->created : a->id < b->id;
}

}  // namespace

struct ServiceDirectory::Impl {
  struct Entry {
    ServicePtr service;
    ServiceSpecPtr spec;
    std::string token;
    model::Revision revision = 0;
  };
  struct GroupEntry {
    GroupPtr group;
    std::string token;
    model::Revision revision = 0;
  };
  struct ReplicaEntry {
    ReplicaPtr replica;
    model::Revision revision = 0;
  };

  OpenToken open;
  std::map<std::string, Entry, std::less<>> services;
  std::map<model::ServiceId, std::string> names;
  std::map<std::string, GroupEntry, std::less<>> groups;
  std::map<std::string, std::vector<ServicePtr>, std::less<>> of_group;  // each by name
  std::map<model::InstanceId, ReplicaEntry> replicas;
  std::map<model::ServiceId, std::vector<ReplicaPtr>> of_service;
  std::set<std::pair<Kind, std::string>> unreadable;

  void Put(const store::Record& record) {
    unreadable.erase({record.kind, record.key});
    if (!Read(record)) {
      Delete(record.kind, record.key);
      unreadable.emplace(record.kind, record.key);
    }
  }

  bool Read(const store::Record& record) {
    switch (record.kind) {
      case Kind::kService:
        return PutService(record);
      case Kind::kServiceGroup:
        return PutGroup(record);
      default:
        return PutReplica(record);
    }
  }

  bool PutGroup(const store::Record& record) {
    auto group = FromRecord<model::ServiceGroup>(record.body);
    if (!group || group->name != record.key) return false;
    GroupEntry& entry = groups[record.key];
    entry.token = open(group->sealed_token, model::TokenContext(*group));
    entry.group = std::make_shared<const model::ServiceGroup>(*std::move(group));
    entry.revision = record.revision;
    return true;
  }

  void LeaveGroup(const model::Service& service) {
    const auto all = of_group.find(service.group);
    if (all == of_group.end()) return;
    std::erase_if(all->second,
                  [&](const ServicePtr& other) { return other->name == service.name; });
    if (all->second.empty()) of_group.erase(all);
  }

  void JoinGroup(const ServicePtr& service) {
    if (service->group.empty()) return;
    auto& all = of_group[service->group];
    all.insert(std::ranges::upper_bound(
                   all, service->name, {},
                   [](const ServicePtr& other) -> const std::string& { return other->name; }),
               service);
  }

  bool PutService(const store::Record& record) {
    auto service = FromRecord<model::Service>(record.body);
    if (!service || service->name != record.key) return false;
    Entry& entry = services[record.key];
    if (entry.service) {
      LeaveGroup(*entry.service);
      if (entry.service->id != service->id) names.erase(entry.service->id);
      if (entry.service->config != service->config) entry.spec.reset();
    }
    if (!entry.spec) {
      if (auto spec = model::ReadStoredSpec(service->config))
        entry.spec = std::make_shared<const model::ServiceSpec>(*std::move(spec));
    }
    if (!entry.service || entry.service->sealed_token != service->sealed_token ||
        entry.service->token != service->token) {
      entry.token = service->sealed_token.empty()
                        ? service->token
                        : open(service->sealed_token, model::TokenContext(*service));
    }
    names[service->id] = record.key;
    entry.service = std::make_shared<const model::Service>(*std::move(service));
    entry.revision = record.revision;
    JoinGroup(entry.service);
    return true;
  }

  /// Of a record without one; empty: its version is not the present one.
  std::optional<model::Outfit> OutfitFor(const model::Replica& replica) const {
    const auto found = services.find(replica.service_name);
    if (found == services.end() || !found->second.spec ||
        found->second.service->current_version != replica.version) {
      return std::nullopt;
    }
    return model::OutfitOf(*found->second.spec);
  }

  bool PutReplica(const store::Record& record) {
    auto read = FromRecord<model::Replica>(record.body);
    if (!read || read->id.str() != record.key) return false;
    if (!read->outfit) read->outfit = OutfitFor(*read);
    const auto replica = std::make_shared<const model::Replica>(*std::move(read));
    TakeOut(replica->id);
    auto& all = of_service[replica->service];
    all.insert(std::ranges::upper_bound(all, replica, Before), replica);
    replicas[replica->id] = {.replica = replica, .revision = record.revision};
    return true;
  }

  void TakeOut(const model::InstanceId& id) {
    const auto found = replicas.find(id);
    if (found == replicas.end()) return;
    const auto all = of_service.find(found->second.replica->service);
    std::erase(all->second, found->second.replica);
    if (all->second.empty()) of_service.erase(all);
    replicas.erase(found);
  }

  void Delete(Kind kind, const std::string& key) {
    unreadable.erase({kind, key});
    if (kind == Kind::kServiceReplica) return TakeOut(model::InstanceId(key));
    if (kind == Kind::kServiceGroup) {
      groups.erase(key);
      return;
    }
    const auto found = services.find(key);
    if (found == services.end()) return;
    names.erase(found->second.service->id);
    LeaveGroup(*found->second.service);
    services.erase(found);
  }
};

ServiceDirectory::ServiceDirectory(OpenToken open) : impl_(std::make_unique<Impl>()) {
  impl_->open = open ? std::move(open) : [](auto, auto) { return std::string(); };
}
ServiceDirectory::~ServiceDirectory() = default;

Status ServiceDirectory::Load(store::Store& store) {
  for (const Kind kind : {Kind::kService, Kind::kServiceReplica, Kind::kServiceGroup}) {
    ATELIER_RETURN_IF_ERROR(
        store.LoadBlocking(kind, [this](const store::Record& record) { impl_->Put(record); }));
  }
  return Ok();
}

void ServiceDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    const Kind kind = change.record.kind;
    if (kind != Kind::kService && kind != Kind::kServiceReplica && kind != Kind::kServiceGroup)
      continue;
    if (change.op == store::Write::Op::kPut)
      impl_->Put(change.record);
    else
      impl_->Delete(kind, change.record.key);
  }
}

ServicePtr ServiceDirectory::Find(std::string_view name) const {
  const auto found = impl_->services.find(name);
  return found == impl_->services.end() ? nullptr : found->second.service;
}

ServicePtr ServiceDirectory::FindById(const model::ServiceId& id) const {
  const auto name = impl_->names.find(id);
  return name == impl_->names.end() ? nullptr : Find(name->second);
}

ServiceSpecPtr ServiceDirectory::SpecOf(std::string_view name) const {
  const auto found = impl_->services.find(name);
  return found == impl_->services.end() ? nullptr : found->second.spec;
}

const std::string& ServiceDirectory::TokenOf(std::string_view name) const {
  static const std::string kNone;
  const auto found = impl_->services.find(name);
  return found == impl_->services.end() ? kNone : found->second.token;
}

const std::string& ServiceDirectory::TokenOfGroup(std::string_view name) const {
  static const std::string kNone;
  const auto found = impl_->groups.find(name);
  return found == impl_->groups.end() ? kNone : found->second.token;
}

model::Revision ServiceDirectory::RevisionOf(std::string_view name) const {
  const auto found = impl_->services.find(name);
  return found == impl_->services.end() ? 0 : found->second.revision;
}

std::vector<ServicePtr> ServiceDirectory::All() const {
  std::vector<ServicePtr> all;
  all.reserve(impl_->services.size());
  for (const auto& [name, entry] : impl_->services) all.push_back(entry.service);
  return all;
}

std::size_t ServiceDirectory::size() const { return impl_->services.size(); }

GroupPtr ServiceDirectory::FindGroup(std::string_view name) const {
  const auto found = impl_->groups.find(name);
  return found == impl_->groups.end() ? nullptr : found->second.group;
}

model::Revision ServiceDirectory::RevisionOfGroup(std::string_view name) const {
  const auto found = impl_->groups.find(name);
  return found == impl_->groups.end() ? 0 : found->second.revision;
}

std::vector<GroupPtr> ServiceDirectory::AllGroups() const {
  std::vector<GroupPtr> all;
  all.reserve(impl_->groups.size());
  for (const auto& [name, entry] : impl_->groups) all.push_back(entry.group);
  return all;
}

const std::vector<ServicePtr>& ServiceDirectory::ServicesIn(std::string_view group) const {
  static const std::vector<ServicePtr> kNone;
  const auto found = impl_->of_group.find(group);
  return found == impl_->of_group.end() ? kNone : found->second;
}

ReplicaPtr ServiceDirectory::FindReplica(const model::InstanceId& id) const {
  const auto found = impl_->replicas.find(id);
  return found == impl_->replicas.end() ? nullptr : found->second.replica;
}

model::Revision ServiceDirectory::RevisionOfReplica(const model::InstanceId& id) const {
  const auto found = impl_->replicas.find(id);
  return found == impl_->replicas.end() ? 0 : found->second.revision;
}

const std::vector<ReplicaPtr>& ServiceDirectory::ReplicasOf(const model::ServiceId& id) const {
  static const std::vector<ReplicaPtr> kNone;
  const auto found = impl_->of_service.find(id);
  return found == impl_->of_service.end() ? kNone : found->second;
}

ReplicaPtr ServiceDirectory::FindReplicaNamed(const model::ServiceId& id,
                                              std::string_view name) const {
  for (const ReplicaPtr& replica : ReplicasOf(id)) {
    if (replica->name == name) return replica;
  }
  return nullptr;
}

std::vector<ReplicaPtr> ServiceDirectory::AllReplicas() const {
  std::vector<ReplicaPtr> all;
  all.reserve(impl_->replicas.size());
  for (const auto& [id, entry] : impl_->replicas) all.push_back(entry.replica);
  return all;
}

std::size_t ServiceDirectory::quarantined() const { return impl_->unreadable.size(); }

}  // namespace atelier::directory
