#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/service.h"
#include "model/service_spec.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::directory {

// Shared: answers and requests under way outlive the next change.
using ServicePtr = std::shared_ptr<const model::Service>;
using ServiceSpecPtr = std::shared_ptr<const model::ServiceSpec>;
using GroupPtr = std::shared_ptr<const model::ServiceGroup>;
using ReplicaPtr = std::shared_ptr<const model::Replica>;

/// The read model of services, their groups and their replicas. A record that cannot be read is in
/// quarantine. Tokens are opened here, in memory. Threads: the I/O thread.
class ServiceDirectory : public store::Listener {
 public:
  /// A sealed token and its context; empty: it cannot be opened. Without one, none can.
  using OpenToken = std::function<std::string(std::string_view sealed, std::string_view context)>;
  /// `log`: names what cannot be read; nullptr: none does.
  explicit ServiceDirectory(OpenToken open = {}, Logger* log = nullptr);
  ~ServiceDirectory() override;
  ServiceDirectory(const ServiceDirectory&) = delete;
  ServiceDirectory& operator=(const ServiceDirectory&) = delete;

  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  /// nullptr: there is none.
  ServicePtr Find(std::string_view name) const;
  ServicePtr FindById(const model::ServiceId& id) const;
  /// What its present configuration means; nullptr: there is no such service, or an earlier or
  /// later server wrote what this one does not understand.
  ServiceSpecPtr SpecOf(std::string_view name) const;
  /// What callers of the service, or the group, present. Empty: there is no such one, or nobody can
  /// present it.
  const std::string& TokenOf(std::string_view name) const;
  const std::string& TokenOfGroup(std::string_view name) const;
  /// Record revision, for conditional writes. 0: not there.
  model::Revision RevisionOf(std::string_view name) const;
  std::vector<ServicePtr> All() const;  // by name
  std::size_t size() const;

  /// nullptr: there is none.
  GroupPtr FindGroup(std::string_view name) const;
  /// 0: not there.
  model::Revision RevisionOfGroup(std::string_view name) const;
  std::vector<GroupPtr> AllGroups() const;  // by name
  /// Whether a service or a group has this name, whether it can be read or not.
  bool HoldsName(std::string_view name) const;
  /// Services whose configuration names the group, by name; valid until the next Apply.
  const std::vector<ServicePtr>& ServicesIn(std::string_view group) const;

  ReplicaPtr FindReplica(const model::InstanceId& id) const;
  model::Revision RevisionOfReplica(const model::InstanceId& id) const;
  /// In order of creation, ties by id; valid until the next Apply.
  const std::vector<ReplicaPtr>& ReplicasOf(const model::ServiceId& id) const;
  /// nullptr: the service has no replica of this name.
  ReplicaPtr FindReplicaNamed(const model::ServiceId& id, std::string_view name) const;
  std::vector<ReplicaPtr> AllReplicas() const;

  std::size_t quarantined() const;
  const store::Quarantine& quarantine() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::directory
