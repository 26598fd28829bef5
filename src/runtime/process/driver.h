#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/gate.h"
#include "base/pool.h"
#include "http/client.h"
#include "runtime/common/observations.h"
#include "runtime/process.h"
#include "runtime/process/run.h"
#include "runtime/process/sweeper.h"

namespace atelier::runtime::process {

/// The newest run of each workload, from memory; disk and processes are touched on the pool.
///
/// One operation at a time for each id: another one is answered Unavailable. A hung disk under one
/// workload so holds up its own operations only.
class ProcessDriver final : public Driver {
 public:
  ProcessDriver(Host host, UniqueFd folder, asio::any_io_executor io, Pool& blocking,
                http::Client& probes, Clock& clock, Logger& log);

  /// Finds what an earlier server left. Before the first other call.
  void Adopt();

  Task<Status> Ensure(Workload want, Deadline by) override;
  Task<Status> CheckMounts(std::vector<Mount> mounts, Deadline by) override;
  Task<Status> Stop(model::InstanceId id, model::Generation generation, StopMode mode,
                    Deadline by) override;
  Task<Status> Remove(model::InstanceId id, Deadline by) override;
  Task<Result<Observation>> Observe(Deadline by) override;
  Task<Result<bool>> HasHome(model::InstanceId id, Deadline by) override;
  Task<Result<Usage>> Sample(model::InstanceId id, Deadline by) override;
  Task<Result<std::string>> Logs(model::InstanceId id, std::size_t max_bytes, Deadline by) override;
  Result<Endpoint> EndpointOf(const model::InstanceId& id) const override;
  Leftovers leftovers() const override { return sweeper_.leftovers(); }
  void SetWake(std::function<void()> wake) override { wake_ = std::move(wake); }
  void SetServe(const Serve& serve) override;
  Task<void> Stop() override;

 private:
  using Descriptor = asio::posix::stream_descriptor;

  struct Run {
    model::Generation generation = 0;
    Phase phase = Phase::kAllocating;
    bool kept = false;  // a shim was seen alive
    Spec spec;          // without environment
    ProcessRef shim;
    SandboxRecord sandbox;
    Outcome outcome;
    std::string log_tail;
    // Readable when the shim exits. Shared with the coroutine that waits on it, which a new run
    // of the workload may outrun.
    std::shared_ptr<Descriptor> exit;
    std::shared_ptr<void> served;  // its way to the server, while that is open
  };

  /// Marks an id as being worked on.
  class Turn {
   public:
    Turn(std::set<model::InstanceId>& busy, model::InstanceId id)
        : busy_(&busy), id_(std::move(id)) {
      taken_ = busy_->insert(id_).second;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (taken_) busy_->erase(id_);
    }
    explicit operator bool() const { return taken_; }

   private:
    std::set<model::InstanceId>* busy_;
    model::InstanceId id_;
    bool taken_ = false;
  };

  /// The answer of `work`, or DeadlineExceeded while it goes on without its caller.
  template <class T>
  Task<Result<T>> Within(Deadline by, Task<Result<T>> work);

  Task<Status> DoEnsure(Workload want);
  Task<Status> DoStop(model::InstanceId id, model::Generation generation, StopMode mode);
  Task<Status> DoRemove(model::InstanceId id);
  Task<Result<Observation>> DoObserve();
  WorkloadState StateOf(const model::InstanceId& id, const Run& run) const;
  Task<Result<Usage>> DoSample(model::InstanceId id, Deadline by);

  /// Takes over what was found of a run, and watches it if it runs.
  void Register(const model::InstanceId& id, model::Generation generation, Inspection found);
  void AdoptOne(const model::InstanceId& id);
  void WatchExit(const model::InstanceId& id, Run& run);
  Task<void> AwaitExit(model::InstanceId id, model::Generation generation,
                       std::shared_ptr<Descriptor> exit, Gate::Pass pass);
  Task<void> AwaitReady(model::InstanceId id, model::Generation generation, Gate::Pass pass);
  /// Fetches the run's way to the server from its shim, and has it served.
  Task<void> OpenWay(model::InstanceId id, model::Generation generation, Gate::Pass pass);
  void StartWay(const model::InstanceId& id, const Run& run);
  Task<void> RecordExit(model::InstanceId id, model::Generation generation);
  Task<bool> AnswersReady(model::InstanceId id, model::Generation generation);
  /// Into `usage`: whether it answers, and what its kernels do.
  Task<void> AskKernels(http::Address address, Spec spec, Deadline by, Usage& usage);

  Run* Find(const model::InstanceId& id, model::Generation generation);
  RunPaths RunOf(const model::InstanceId& id, model::Generation generation) const {
    return RunFolder(host_.folder, id, generation);
  }
  /// Where the gateway finds the workload's socket.
  std::string SocketOf(const model::InstanceId& id, const Run& run) const;
  http::Address AddressOf(const model::InstanceId& id, const Run& run) const;
  void Wake() {
    if (wake_) wake_();
  }

  const Host host_;
  const UniqueFd folder_;  // locked: one driver a folder
  const asio::any_io_executor io_;
  Pool& blocking_;
  http::Client& probes_;
  Clock& clock_;
  Logger& log_;
  std::function<void()> wake_;
  Serve serve_;
  Gate gate_;
  std::map<model::InstanceId, Run> runs_;
  std::set<model::InstanceId> unwatched_;  // of them, whose exit nothing waits for
  Observations observations_{io_};
  std::set<model::InstanceId> busy_;
  std::set<model::InstanceId> unknown_;  // something runs there that we cannot name: hands off
  const std::string trash_;
  Sweeper sweeper_;
};

}  // namespace atelier::runtime::process
