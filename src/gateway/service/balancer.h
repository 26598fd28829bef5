#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/wait_queue.h"
#include "directory/service_directory.h"
#include "directory/traffic_history.h"
#include "http/client.h"
#include "model/scaler.h"

namespace atelier::gateway {

/// Which replica gets the next request, and whether it may come at all. Bounded everywhere:
/// requests at a replica (metadata.rpc.worker_threads), requests that wait for one (max_queue_size
/// for each ready replica), requests a second (rate_limit). One thread.
class Balancer {
 public:
  /// `wanted` is told of each request that waits for a service without a ready replica. `history`,
  /// which outlives it, of what is under way and waits; nullptr: none is kept.
  Balancer(const directory::ServiceDirectory& directory, Clock& clock,
           std::function<void(const model::ServiceId&)> wanted = {},
           directory::TrafficHistory* history = nullptr)
      : directory_(directory), clock_(clock), wanted_(std::move(wanted)), history_(history) {}

  /// A request under way at a replica, for as long as it lives.
  class UpstreamLease {
   public:
    UpstreamLease() = default;
    UpstreamLease(Balancer* balancer, directory::ReplicaPtr replica);
    UpstreamLease(UpstreamLease&& other) noexcept
        : balancer_(std::exchange(other.balancer_, nullptr)), replica_(std::move(other.replica_)) {}
    UpstreamLease& operator=(UpstreamLease&& other) noexcept;
    UpstreamLease(const UpstreamLease&) = delete;
    UpstreamLease& operator=(const UpstreamLease&) = delete;
    ~UpstreamLease() { Leave(); }
    const model::Replica& replica() const { return *replica_; }

   private:
    void Leave();
    Balancer* balancer_ = nullptr;
    directory::ReplicaPtr replica_;
  };

  /// A request from its admission to its end, for what is told of the traffic. The Balancer
  /// outlives it.
  class RequestGuard {
   public:
    RequestGuard(Balancer& balancer, model::ServiceId service);
    RequestGuard(const RequestGuard&) = delete;
    RequestGuard& operator=(const RequestGuard&) = delete;
    ~RequestGuard();

   private:
    Balancer& balancer_;
    const model::ServiceId service_;
  };

  /// Takes one of this second's requests. False: there are none left.
  bool Admit(const model::Service& service, const model::ServiceSpec& spec);

  /// How long a request waits.
  struct WaitLimits {
    Deadline turn;        // while replicas are ready, and busy
    Deadline activation;  // while none is, and one is to come (model::WakesOnDemand)
  };
  /// The least loaded of the ready replicas that are not `tried`, waiting its turn if all have
  /// their hands full. One that gets free goes to the first who may use it. Unavailable: none is
  /// ready, and none comes for a request's sake; ResourceExhausted: too many wait already;
  /// DeadlineExceeded: its turn did not come; Cancelled: `given_up` ended the wait.
  Task<Result<UpstreamLease>> Take(directory::ServicePtr service, directory::ServiceSpecPtr spec,
                                   std::vector<model::InstanceId> tried, WaitLimits patience,
                                   http::GivenUp given_up);

  /// The service or its replicas have changed: those who wait look again.
  void Recheck(const model::ServiceId& id);

  int InFlight(const model::InstanceId& id) const;
  model::ServiceTraffic TrafficOf(const model::ServiceId& id) const;

 private:
  struct Bucket {
    double tokens = 0;
    MonoTime filled;
  };
  /// Counts requests and how many there are at once.
  struct TrafficCounter {
    std::uint64_t requests = 0;
    std::int64_t now = 0;
    double seconds = 0;  // of requests, up to `counted`
    MonoTime counted;

    void CountUpTo(MonoTime time);
  };
  /// One request's search for a replica, until it has an outcome.
  struct Search {
    directory::ServicePtr service;
    directory::ServiceSpecPtr spec;
    std::vector<model::InstanceId> tried;
    WaitLimits patience;
    std::size_t ready = 0;  // replicas, not tried, when they were last counted
    std::optional<Result<UpstreamLease>> outcome = {};
  };

  /// False: no replica has a hand free for it.
  bool Serve(Search& search);
  /// There is nothing to wait for any more.
  bool IsVain(Search& search);
  void AskForReplica(const Search& search);
  void Acquire(const model::Replica& replica);
  void Release(const model::Replica& replica);
  /// One more, or one less, under way at it.
  void Tell(const model::Replica& replica, int change);
  /// Ok: one more may wait.
  Status MayWait(const Search& search) const;
  bool ComesOnDemand(const model::ServiceId& id) const;
  /// Forgets services that are gone.
  template <class Map>
  void Tidy(Map& by_service);

  const directory::ServiceDirectory& directory_;
  Clock& clock_;
  const std::function<void(const model::ServiceId&)> wanted_;
  directory::TrafficHistory* const history_;
  std::map<model::InstanceId, int> load_;                 // replicas with requests under way
  std::map<model::ServiceId, WaitQueue<Search>> queues_;  // of services that somebody waits for
  std::map<model::ServiceId, Bucket> buckets_;
  std::map<model::ServiceId, TrafficCounter> tallies_;
  std::size_t turn_ = 0;
};

}  // namespace atelier::gateway
