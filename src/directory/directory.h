#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/instance.h"
#include "store/store.h"

namespace atelier::directory {

using InstancePtr =
    std::shared_ptr<const model::Instance>;  // shared: answers outlive the next change

/// Who asks. Visibility is part of every query (contract/requests.md section 3): in workspaces the
/// viewer belongs to, its own instances and PUBLIC ones; everything in workspaces it administers.
/// Owning is no membership: who has left a workspace sees nothing there, as the workspace gate
/// (identity/workspace_gate.h) lets him reach nothing.
struct Viewer {
  bool sees_all = false;  // the main account
  model::UserId user;
  std::set<model::WorkspaceId> member_of;
  std::set<model::WorkspaceId> administers;
};

enum class SortBy : std::uint8_t { kPriority, kGmtCreateTime, kGmtModifiedTime };
enum class Order : std::uint8_t { kAscending, kDescending };

/// ListInstances after validation; all conditions AND together. Empty or nullopt = no filter.
struct InstanceQuery {
  std::optional<model::WorkspaceId> workspace;
  std::string name_contains;               // case-insensitive (ASCII), no wildcards
  std::optional<std::string> resource_id;  // exact; "" = pay-as-you-go instances only
  std::optional<std::set<model::InstanceStatus>> status;
  std::optional<model::PaymentType> payment;
  std::optional<model::Accessibility> accessibility;
  std::optional<model::AcceleratorType> accelerator;
  std::optional<std::set<model::InstanceId>> ids;
  std::vector<model::Label> labels;  // each key and value equal
  struct TagMatch {
    std::string key;
    std::optional<std::string> value;  // nullopt: the key alone
  };
  std::vector<TagMatch> tags;
  std::optional<model::UserId> owner;
  std::string gpu_type;    // case-insensitive equality
  std::string image_name;  // ImageName, or the last path part of ImageUrl
  std::optional<double> min_milli_cpu, max_milli_cpu;
  std::optional<double> min_milli_gpu, max_milli_gpu;
  std::optional<double> min_memory_gb, max_memory_gb;
  std::optional<double> min_gpu_memory_gb, max_gpu_memory_gb;
  std::optional<model::OversoldInfo> oversold_info;
  std::optional<model::OversoldType> oversold_type;
  std::optional<WallTime> created_after, created_before;  // both inclusive

  SortBy sort_by = SortBy::kGmtModifiedTime;  // ties by InstanceId, in the same order
  Order order = Order::kDescending;
  std::uint64_t page_number = 1;  // from 1
  std::uint64_t page_size = 10;   // 1 to 1000
};

struct Page {
  std::vector<InstancePtr> instances;
  std::uint64_t total = 0;       // matches over all pages
  model::Revision revision = 0;  // of the latest change the answer includes
};

/// The read model of instances: answers every filter, order, count and page from memory.
/// Threads: the I/O thread.
class InstanceDirectory : public store::Listener {
 public:
  InstanceDirectory();
  ~InstanceDirectory() override;
  InstanceDirectory(const InstanceDirectory&) = delete;
  InstanceDirectory& operator=(const InstanceDirectory&) = delete;

  /// Reads every instance. A record that cannot be read is left out and counted (`quarantined`),
  /// the others are served.
  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  /// nullptr: not there. No visibility check: the caller asks CanSee.
  InstancePtr Find(const model::InstanceId& id) const;
  /// Record revision of an instance, for conditional writes. 0: not there.
  model::Revision RevisionOf(const model::InstanceId& id) const;
  Page List(const Viewer& viewer, const InstanceQuery& query) const;
  /// Counts by status of what the viewer sees in one workspace (ListInstanceStatistics).
  std::array<std::uint64_t, model::kInstanceStatusCount> CountByStatus(
      const Viewer& viewer, const model::WorkspaceId& workspace) const;
  /// Every instance, in no order: for the reconciler's full pass and the metrics page.
  std::vector<InstancePtr> All() const;
  std::size_t size() const;
  std::size_t quarantined() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

bool CanSee(const Viewer& viewer, const model::Instance& instance);

}  // namespace atelier::directory
