#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "directory/service_directory.h"

namespace atelier::directory {

/// ListServiceInstances after validation (docs/contract/requests.md section 5); all conditions AND
/// together, empty or nullopt = no filter.
struct ReplicaQuery {
  /// Part of name, address, host address or machine type; case ignored (ASCII).
  std::string keyword = {};
  std::string instance_type = {};  // exact, as are those below
  std::string name = {};
  std::string inner_ip = {};
  std::string host_ip = {};
  std::optional<model::ReplicaStatus> status = {};
  bool ascending = false;  // by StartTime, ties by name
  std::uint64_t page_number = 1;
  std::uint64_t page_size = 100;
};

struct ReplicaPage {
  std::vector<ReplicaPtr> replicas;
  std::uint64_t total = 0;  // matches over all pages
};

/// When the replica counts as started: the start of its run, before the first one its creation.
WallTime StartTimeOf(const model::Replica& replica);

ReplicaPage ListReplicas(const std::vector<ReplicaPtr>& all, const ReplicaQuery& query);

/// How many of them take traffic.
std::int64_t CountServing(const std::vector<ReplicaPtr>& replicas);

/// True if every pair of `wanted` is among them.
bool HasLabels(const std::vector<model::Label>& labels,
               const std::map<std::string, std::string>& wanted);

enum class ServiceSort : std::uint8_t { kCreateTime, kUpdateTime, kName };

/// ListServices after validation.
struct ServiceQuery {
  std::string keyword = {};  // part of the name, case ignored
  std::string name = {};     // exact
  std::string id = {};       // exact
  std::optional<model::WorkspaceId> workspace = {};
  bool with_no_workspace = true;  // IncludeNoWorkspace: beside `workspace`
  std::optional<model::ServiceStatus> status = {};
  std::map<std::string, std::string> labels = {};
  ServiceSort sort = ServiceSort::kCreateTime;
  bool ascending = false;
  std::uint64_t page_number = 1;
  std::uint64_t page_size = 100;
};

struct ServicePage {
  std::vector<ServicePtr> services;
  std::uint64_t total = 0;
};

/// `visible`: what the caller may see.
ServicePage ListServices(const ServiceDirectory& directory, const ServiceQuery& query,
                         const std::function<bool(const model::Service&)>& visible);

}  // namespace atelier::directory
