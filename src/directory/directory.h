#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/instance.h"
#include "store/store.h"

namespace atelier::directory {

/// Where the directory keeps an instance. With its revision it names one version of one instance,
/// and is cheaper to look up than an id: slots are small numbers, used again after a delete.
struct RowRef {
  std::uint32_t slot = 0;
  std::uint32_t load = 0;  // which Load gave the slot
  friend bool operator==(const RowRef&, const RowRef&) = default;
};

/// An instance as it was at one revision, for as long as it is held, or nobody. Two are equal when
/// they are the same version of the same instance, however often it was asked for.
class InstancePtr {
 public:
  InstancePtr() = default;
  InstancePtr(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): stands for a pointer
  InstancePtr(model::Instance instance, model::Revision revision, RowRef row = {})
      : instance_(std::make_shared<const model::Instance>(std::move(instance))),
        revision_(revision),
        row_(row) {}

  const model::Instance* get() const { return instance_.get(); }
  const model::Instance& operator*() const { return *instance_; }
  const model::Instance* operator->() const { return instance_.get(); }
  explicit operator bool() const { return instance_ != nullptr; }
  /// Of the record it was read from, for conditional writes. 0: nobody.
  model::Revision revision() const { return revision_; }
  /// Where it was then.
  RowRef row() const { return row_; }

  friend bool operator==(const InstancePtr& a, const InstancePtr& b) {
    if (!a || !b) return !a && !b;
    return a.revision_ == b.revision_ && a->id == b->id;
  }
  friend bool operator==(const InstancePtr& a, std::nullptr_t) { return !a; }

 private:
  std::shared_ptr<const model::Instance> instance_;  // shared: copies go to whoever waits
  model::Revision revision_ = 0;
  RowRef row_;
};

/// Who asks. Visibility is part of every query (docs/contract/requests.md section 3): in workspaces
/// the viewer belongs to, its own instances and PUBLIC ones; everything in workspaces it
/// administers. Owning is no membership: who has left a workspace sees nothing there, as the
/// workspace gate (identity/workspace_gate.h) lets them reach nothing.
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
  std::optional<std::string> user_command;                // exact id; GetUserCommand asks by it

  SortBy sort_by = SortBy::kGmtModifiedTime;  // ties by InstanceId, in the same order
  Order order = Order::kDescending;
  std::uint64_t page_number = 1;  // from 1
  std::uint64_t page_size = 10;   // 1 to 1000
};

/// One version of one instance, by where it is.
struct Version {
  RowRef row;
  model::Revision revision = 0;
};

struct Page {
  std::vector<InstancePtr> instances;  // nobody: one that the caller has (Known)
  std::uint64_t total = 0;             // matches over all pages
  model::Revision revision = 0;        // of the latest change the answer includes
};

/// What reconcilers ask most: who is at which life, and how far. Costs no unpacking.
struct Standing {
  model::InstanceStatus status{};
  model::Generation generation = 0;
};

using StatusCounts = std::array<std::uint64_t, model::kInstanceStatusCount>;  // by InstanceStatus

/// How Load goes about it.
struct LoadOptions {
  std::size_t threads = 1;
  /// Called now and then with the records read so far and those there are, from any thread.
  std::function<void(std::size_t done, std::size_t all)> progress = [](std::size_t, std::size_t) {};
};

/// The read model of instances: answers every filter, order, count and page from memory, at a cost
/// bounded by what matches. Keeps each instance packed; an InstancePtr is made for who asks, and
/// stays as it was whatever changes later.
///
/// Threads: any number of readers beside one writer (Load, Apply). A batch of changes is seen as a
/// whole or not at all; a writer waits for the queries under way, and queries for at most one
/// batch.
class InstanceDirectory : public store::Listener {
 public:
  /// `log`: names what cannot be read; nullptr: none does.
  explicit InstanceDirectory(Logger* log = nullptr);
  ~InstanceDirectory() override;
  InstanceDirectory(const InstanceDirectory&) = delete;
  InstanceDirectory& operator=(const InstanceDirectory&) = delete;

  /// Replaces what is here by every instance of the store; readers see nothing of it before it is
  /// done. A record that cannot be read is left out and counted (`quarantined`), the others are
  /// served. Blocks, on threads of its own: seconds for a million.
  Status Load(store::Store& store, const LoadOptions& options = {});
  void Apply(std::span<const store::Change> changes) override;

  /// nullptr: not there. No visibility check: that is the workspace gate's.
  InstancePtr Find(const model::InstanceId& id) const;
  /// Of what Find would answer; nullopt: nobody.
  std::optional<Version> VersionOf(std::string_view id) const;
  /// nullopt: not there.
  std::optional<Standing> StandingOf(const model::InstanceId& id) const;
  /// Record revision of an instance, for conditional writes. 0: not there.
  model::Revision RevisionOf(const model::InstanceId& id) const;
  /// `known` is asked for each instance of the page whether the caller needs nothing more of this
  /// very version, which spares its unpacking. It must not use the directory.
  using Known = std::function<bool(RowRef row, model::Revision revision)>;
  Page List(const Viewer& viewer, const InstanceQuery& query, const Known& known = {}) const;
  /// The matches of `query` on all pages, by status. Cheaper than a page.
  StatusCounts CountByStatus(const Viewer& viewer, const InstanceQuery& query) const;
  /// Calls `visit` with every instance, in no order, a few at a time, and never while it keeps a
  /// writer out. Those that come or go meanwhile may or may not be among them; the others are,
  /// once.
  void ForEach(const std::function<void(const InstancePtr&)>& visit) const;
  /// All of them at once: for tests and small populations.
  std::vector<InstancePtr> All() const;
  std::size_t size() const;
  std::size_t quarantined() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::directory
