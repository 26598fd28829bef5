#include "directory/service_directory.h"

#include <utility>

#include "store/table.h"

namespace atelier::directory {

using store::Kind;

namespace {

/// What every row of the table of services is: the record, with what it means and hides.
struct ServiceRow : model::Service {
  ServiceSpecPtr spec = nullptr;
  std::string opened_token = {};
};
struct GroupRow : model::ServiceGroup {
  std::string opened_token = {};
};

const ServiceRow& RowOf(const model::Service& service) {
  return static_cast<const ServiceRow&>(service);
}
const GroupRow& RowOf(const model::ServiceGroup& group) {
  return static_cast<const GroupRow&>(group);
}

struct ById {
  static std::string_view Of(const model::Service& service) { return service.id; }
};
struct ByGroup {
  static std::string_view Of(const model::Service& service) { return service.group; }
  static bool Before(const model::Service& a, const model::Service& b) { return a.name < b.name; }
};
struct ByService {
  static std::string_view Of(const model::Replica& replica) { return replica.service; }
  static bool Before(const model::Replica& a, const model::Replica& b) {
    return a.created != b.created ? a.created < b.created : a.id < b.id;
  }
};

}  // namespace

struct ServiceDirectory::Impl {
  Impl(OpenToken o, Logger* log)
      : open(o ? std::move(o) : [](auto, auto) { return std::string(); }), quarantine(log) {}

  /// Of the service that it was before, what has not changed is not read again.
  Result<ServicePtr> ReadService(const store::Record& record, const model::Service* before) const {
    ATELIER_TRY(auto service, store::ReadKeyed<model::Service>(record, &model::Service::name));
    ServiceRow row{std::move(service)};
    if (before != nullptr && before->config == row.config) row.spec = RowOf(*before).spec;
    if (!row.spec) {
      if (auto spec = model::ReadStoredSpec(row.config))
        row.spec = std::make_shared<const model::ServiceSpec>(*std::move(spec));
    }
    if (before != nullptr && before->sealed_token == row.sealed_token && before->token == row.token)
      row.opened_token = RowOf(*before).opened_token;
    else
      row.opened_token =
          row.sealed_token.empty() ? row.token : open(row.sealed_token, model::TokenContext(row));
    return std::make_shared<const ServiceRow>(std::move(row));
  }

  Result<GroupPtr> ReadGroup(const store::Record& record) const {
    ATELIER_TRY(auto group,
                store::ReadKeyed<model::ServiceGroup>(record, &model::ServiceGroup::name));
    std::string token = open(group.sealed_token, model::TokenContext(group));
    return std::make_shared<const GroupRow>(GroupRow{std::move(group), std::move(token)});
  }

  Result<ReplicaPtr> ReadReplica(const store::Record& record) const {
    ATELIER_TRY(auto replica, store::ReadKeyed<model::Replica>(record, &model::Replica::id));
    if (!replica.outfit) replica.outfit = TemplateFor(replica);
    return std::make_shared<const model::Replica>(std::move(replica));
  }

  /// Of a record without one; empty: its version is not the present one.
  std::optional<model::ReplicaTemplate> TemplateFor(const model::Replica& replica) const {
    const ServicePtr& service = services.Find(replica.service_name);
    if (!service || !RowOf(*service).spec || service->current_version != replica.version)
      return std::nullopt;
    return model::ReplicaTemplateOf(*RowOf(*service).spec);
  }

  OpenToken open;
  store::Quarantine quarantine;
  store::Table<model::Service, ById, ByGroup> services{
      Kind::kService, quarantine,
      [this](const auto& record, const auto* before) { return ReadService(record, before); }};
  store::Table<model::Replica, ByService> replicas{
      Kind::kServiceReplica, quarantine,
      [this](const auto& record, const auto*) { return ReadReplica(record); }};
  store::Table<model::ServiceGroup> groups{
      Kind::kServiceGroup, quarantine,
      [this](const auto& record, const auto*) { return ReadGroup(record); }};
};

ServiceDirectory::ServiceDirectory(OpenToken open, Logger* log)
    : impl_(std::make_unique<Impl>(std::move(open), log)) {}
ServiceDirectory::~ServiceDirectory() = default;

Status ServiceDirectory::Load(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(impl_->services.Load(store));
  ATELIER_RETURN_IF_ERROR(impl_->replicas.Load(store));
  return impl_->groups.Load(store);
}

void ServiceDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    impl_->services.Apply(change);
    impl_->replicas.Apply(change);
    impl_->groups.Apply(change);
  }
}

ServicePtr ServiceDirectory::Find(std::string_view name) const {
  return impl_->services.Find(name);
}

ServicePtr ServiceDirectory::FindById(const model::ServiceId& id) const {
  return impl_->services.FindBy<ById>(id);
}

ServiceSpecPtr ServiceDirectory::SpecOf(std::string_view name) const {
  const ServicePtr& service = impl_->services.Find(name);
  return service ? RowOf(*service).spec : nullptr;
}

const std::string& ServiceDirectory::TokenOf(std::string_view name) const {
  static const std::string kNone;
  const ServicePtr& service = impl_->services.Find(name);
  return service ? RowOf(*service).opened_token : kNone;
}

const std::string& ServiceDirectory::TokenOfGroup(std::string_view name) const {
  static const std::string kNone;
  const GroupPtr& group = impl_->groups.Find(name);
  return group ? RowOf(*group).opened_token : kNone;
}

model::Revision ServiceDirectory::RevisionOf(std::string_view name) const {
  return impl_->services.RevisionOf(name);
}

std::vector<ServicePtr> ServiceDirectory::All() const { return impl_->services.All(); }

std::size_t ServiceDirectory::size() const { return impl_->services.size(); }

GroupPtr ServiceDirectory::FindGroup(std::string_view name) const {
  return impl_->groups.Find(name);
}

model::Revision ServiceDirectory::RevisionOfGroup(std::string_view name) const {
  return impl_->groups.RevisionOf(name);
}

std::vector<GroupPtr> ServiceDirectory::AllGroups() const { return impl_->groups.All(); }

bool ServiceDirectory::HoldsName(std::string_view name) const {
  return impl_->services.Holds(name) || impl_->groups.Holds(name);
}

const std::vector<ServicePtr>& ServiceDirectory::ServicesIn(std::string_view group) const {
  return impl_->services.FindBy<ByGroup>(group);
}

ReplicaPtr ServiceDirectory::FindReplica(const model::InstanceId& id) const {
  return impl_->replicas.Find(id);
}

model::Revision ServiceDirectory::RevisionOfReplica(const model::InstanceId& id) const {
  return impl_->replicas.RevisionOf(id);
}

const std::vector<ReplicaPtr>& ServiceDirectory::ReplicasOf(const model::ServiceId& id) const {
  return impl_->replicas.FindBy<ByService>(id);
}

ReplicaPtr ServiceDirectory::FindReplicaNamed(const model::ServiceId& id,
                                              std::string_view name) const {
  for (const ReplicaPtr& replica : ReplicasOf(id)) {
    if (replica->name == name) return replica;
  }
  return nullptr;
}

std::vector<ReplicaPtr> ServiceDirectory::AllReplicas() const { return impl_->replicas.All(); }

std::size_t ServiceDirectory::quarantined() const { return impl_->quarantine.size(); }

const store::Quarantine& ServiceDirectory::quarantine() const { return impl_->quarantine; }

}  // namespace atelier::directory
