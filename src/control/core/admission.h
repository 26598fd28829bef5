#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/describe.hpp>

#include "directory/directory.h"
#include "directory/service_directory.h"
#include "model/catalogue.h"
#include "model/resources.h"
#include "store/store.h"

namespace atelier::control {

/// The most that the workloads of one user or one workspace have at once. 0: no such limit.
struct AdmissionCap {
  std::int64_t workloads = 0;
  std::int64_t milli_cpu = 0;
  std::int64_t memory_mib = 0;
};

struct AdmissionOptions {
  model::Resources host;
  /// What is given out, in percent of what the host has. GPUs and processes are given out once.
  std::int64_t cpu_percent = 1600;
  std::int64_t memory_percent = 300;
  AdmissionCap per_user = {};
  AdmissionCap per_workspace = {};
};

/// The reason of what is not started for want of room.
inline constexpr std::string_view kNoRoom = "InsufficientResource";
/// It has not been started for that reason.
bool IsWaitingForRoom(const model::Replica& replica);

/// What is in the way of a workload. The names are those of CheckInstanceFit.
enum class Shortage : std::uint8_t {
  HostTooSmall,  // whatever else runs on it
  HostFull,
  UserLimit,
  WorkspaceLimit,
};
BOOST_DESCRIBE_ENUM(Shortage, HostTooSmall, HostFull, UserLimit, WorkspaceLimit)

/// Why a workload does not start.
struct NoRoom {
  Shortage shortage{};
  Error error;  // as of Admit
};

/// The most that one workload more may have now. model::kPlenty: without a bound.
struct Room {
  model::Resources most;
  std::int64_t workloads = model::kPlenty;  // that the limits let start

  /// What `needs` is more than that; zero where it is not.
  model::Resources Lacking(const model::Resources& needs) const;
};

/// The room of a workload that is about to be written down as one that starts. Given back when it
/// goes, unless the record has appeared in the feed meanwhile: then the record holds the room.
using Reservation = std::shared_ptr<const void>;

/// Which instances and replicas may start: those that the host, their user and their workspace have
/// room for. What holds room is a function of the records and of the first look at the world, so
/// that a new server counts the same; the sums follow the feed, and asking costs the same whatever
/// runs.
///
/// An instance holds its capacity from the request that starts it until it has ended; a replica
/// until it is gone, unless it waits for room (IsWaitingForRoom); what runs without a record that
/// says so, until it has ended (SetLiving). What holds room is never told to
/// end for want of it, however little there is: only what would take more is refused.
///
/// Threads: the I/O thread, but Load. Added to the store after the directories, whose view it
/// relies on, and before the reconcilers.
class Admission final : public store::Listener {
 public:
  /// What it is given outlives it.
  Admission(const directory::InstanceDirectory& instances,
            const directory::ServiceDirectory& services, const model::Catalogue& catalogue,
            const AdmissionOptions& options);
  ~Admission() override;
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  /// Counts what the directories show. Blocking; after their own Load, before the first Apply.
  void Load();
  void Apply(std::span<const store::Change> changes) override;

  /// InvalidArgument: the host is too small for `count` of these, whatever else runs on it; the
  /// message says what it has.
  Status CanEver(const model::Capacity& capacity, std::int64_t count = 1) const;

  /// Room for `next` as it is about to be written down; what it holds already counts towards it.
  /// InvalidArgument as CanEver; ResourceExhausted/InsufficientResource: not now, and what holds
  /// the room or which cap is in the way.
  Result<Reservation> Admit(const model::Instance& next);
  Result<Reservation> Admit(const model::Replica& next);

  /// What Admit would say of it, and no room kept; nullopt: it would be admitted.
  std::optional<NoRoom> WhyNot(const model::Instance& next) const;
  /// For one more of this user in this workspace: what fits into it, WhyNot has nothing against.
  Room RoomFor(const model::UserId& user, const model::WorkspaceId& workspace) const;

  /// What holds room though no record says so: a workload that has not ended, such as an orphan, or
  /// what failed to end. `living` answers what it may use; nullopt: nothing runs of it. One at a
  /// time; {} for nobody.
  using Living = std::function<std::optional<model::Capacity>(const model::InstanceId& id)>;
  void SetLiving(Living living);
  /// Such a one was found.
  void Found(const model::InstanceId& id);
  /// The world was looked at: those that have ended hold nothing any more.
  void Observed();

  /// Called whenever room was given back. Must be quick. One at a time; {} for nobody.
  void SetOnRoom(std::function<void()> on_room);

  /// Whether the host has room for one more of these now.
  bool HasRoom(const model::Capacity& capacity) const;

  const model::Resources& host() const;   // what it has
  const model::Resources& total() const;  // that is given out
  const model::Resources& held() const;   // of it
  model::Resources left() const;          // of it; kPlenty: without a bound

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // reservations may outlast us
};

}  // namespace atelier::control
