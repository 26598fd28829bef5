#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/signal.h"
#include "directory/service_directory.h"

namespace atelier::gateway {

/// Which replica gets the next request, and whether it may come at all. Bounded everywhere:
/// requests at a replica (metadata.rpc.worker_threads), requests that wait for one (max_queue_size
/// for each ready replica), requests a second (rate_limit). One thread.
class Balancer {
 public:
  Balancer(const directory::ServiceDirectory& directory, asio::any_io_executor io, Clock& clock)
      : directory_(directory), io_(std::move(io)), clock_(clock) {}

  /// A request under way at a replica, for as long as it lives.
  class Place {
   public:
    Place() = default;
    Place(Balancer* balancer, directory::ReplicaPtr replica);
    Place(Place&& other) noexcept
        : balancer_(std::exchange(other.balancer_, nullptr)), replica_(std::move(other.replica_)) {}
    Place& operator=(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { Leave(); }
    const model::Replica& replica() const { return *replica_; }

   private:
    void Leave();
    Balancer* balancer_ = nullptr;
    directory::ReplicaPtr replica_;
  };

  /// Takes one of this second's requests. False: there are none left.
  bool Admit(const model::Service& service, const model::ServiceSpec& spec);

  /// The least loaded of the ready replicas that are not `tried`, waiting its turn if all have
  /// their hands full. Unavailable: none is ready; ResourceExhausted: too many wait already;
  /// DeadlineExceeded: its turn did not come.
  Task<Result<Place>> Take(directory::ServicePtr service, directory::ServiceSpecPtr spec,
                           std::vector<model::InstanceId> tried, Deadline by);

  int InFlight(const model::InstanceId& id) const;

 private:
  struct Bucket {
    double tokens = 0;
    MonoTime filled;
  };
  /// A request among those that wait, until it leaves by its turn or otherwise.
  class Waiter;

  directory::ReplicaPtr Pick(const model::ServiceId& id, std::int64_t workers,
                             const std::vector<model::InstanceId>& tried, std::size_t& ready);
  void Release(const model::Replica& replica);

  const directory::ServiceDirectory& directory_;
  const asio::any_io_executor io_;
  Clock& clock_;
  std::map<model::InstanceId, int> load_;                    // replicas with requests under way
  std::map<model::ServiceId, std::deque<Signal*>> waiting_;  // views: each lives in its Waiter
  std::map<model::ServiceId, Bucket> buckets_;
  std::size_t turn_ = 0;
};

}  // namespace atelier::gateway
