#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "control/core/admission.h"
#include "control/eas/service_reconciler.h"
#include "control/eas/services.h"
#include "unit/control/world.h"

namespace atelier::control {

/// Answers as the test says; yes without a word.
class ScriptedProbe final : public HealthProbe {
 public:
  explicit ScriptedProbe(Clock& clock) : clock_(clock) {}
  std::function<bool(const model::InstanceId&, const model::HealthCheck&)> answer;
  std::function<bool(const model::InstanceId&)> hangs;  // until the check's own time is over
  int asked = 0;
  Task<bool> Ask(model::InstanceId id, model::HealthCheck check) override {
    ++asked;
    if (hangs && hangs(id)) {
      co_await clock_.Sleep(check.timeout);
      co_return false;
    }
    co_return !answer || answer(id, check);
  }

 private:
  Clock& clock_;
};

/// The services of a server without sockets, on the clock of a World (whose notebooks rest).
class ServiceWorld : public World {
 public:
  static constexpr model::Resources kEndless{.milli_cpu = model::kPlenty,
                                             .memory_mib = model::kPlenty,
                                             .milli_gpu = model::kPlenty,
                                             .processes = model::kPlenty};
  explicit ServiceWorld(ServiceReconcilerOptions options_in = {},
                        const AdmissionOptions& room = {.host = kEndless},
                        const WorkloadsOptions& loop = {})
      : World({}, 1, &admission),
        service_options(std::move(options_in)),
        admission(directory, service_directory, catalogue, room),
        services(store, service_directory, catalogue, clock, *random,
                 {.max_services = 100, .seal = {}, .admission = &admission}) {
    workloads_options = loop;
    workloads_options.admission = &admission;
    store.AddListener(service_directory);
    store.AddListener(admission);
    service_options.admission = &admission;
    service_options.in_flight = [this](const model::InstanceId& id) {
      const auto found = in_flight.find(id);
      return found == in_flight.end() ? 0 : found->second;
    };
    ServeServices();
  }
  ~ServiceWorld() { KillServices(); }
  ServiceWorld(const ServiceWorld&) = delete;
  ServiceWorld& operator=(const ServiceWorld&) = delete;

  void ServeServices() {
    KillServices();
    MakeWorkloads();
    TendServices(*workloads, service_directory, catalogue, probe, service_options);
    workloads->Start();
    Poll();
  }
  void KillServices() { Kill(); }
  /// Notebooks and services, as a server does.
  void ServeAll() {
    Kill();
    MakeWorkloads();
    reconciler = std::make_unique<Reconciler>(*workloads, directory, catalogue, options, "secret");
    TendServices(*workloads, service_directory, catalogue, probe, service_options);
    workloads->Start();
    Poll();
  }

  static json::object Config(std::string name, std::int64_t replicas,
                             const runtime::Script& script = {}, std::string_view more = "{}") {
    json::object container{{"script", "serve"},
                           {"env", json::array{json::object{{"name", "ATELIER_SIMULATE"},
                                                            {"value", ToJson(script)}}}}};
    const json::object base{{"name", std::move(name)},
                            {"metadata", json::object{{"instance", replicas}}},
                            {"containers", json::array{std::move(container)}}};
    return model::MergeConfig(base, ParseJson(more)->get_object());
  }
  Status Make(json::object config) {
    const auto made = Do(services.Create(
        {.config = std::move(config), .owner = model::UserId("100"), .workspace = {}, .labels = {}},
        By("CreateService")));
    return made ? Ok() : Status(made.error());
  }
  void Up(const std::string& name, std::int64_t replicas, const runtime::Script& script = {},
          std::string_view more = "{}") {
    ASSERT_TRUE(Make(Config(name, replicas, script, more)));
    ASSERT_TRUE(ServiceReaches(name, model::ServiceStatus::Running));
  }

  directory::ServicePtr Service(std::string_view name) const {
    return service_directory.Find(name);
  }
  model::ServiceStatus ServiceStatusOf(std::string_view name) const {
    return Service(name)->status;
  }
  std::vector<directory::ReplicaPtr> Replicas(std::string_view name) const {
    return service_directory.ReplicasOf(Service(name)->id);
  }
  bool ServiceReaches(std::string_view name, model::ServiceStatus status,
                      Duration most = std::chrono::minutes(30)) {
    return PassUntil([&] { return Service(name) != nullptr && ServiceStatusOf(name) == status; },
                     most);
  }
  bool ServiceGone(std::string_view name, Duration most = std::chrono::minutes(30)) {
    return PassUntil([&] { return Service(name) == nullptr; }, most);
  }
  std::int64_t ReadyOf(std::string_view name) const {
    std::int64_t ready = 0;
    for (const auto& replica : Replicas(name)) ready += model::TakesTraffic(*replica) ? 1 : 0;
    return ready;
  }
  bool ServiceHasEvent(std::string_view name, std::string_view reason) {
    const auto events = Do(services.Events(std::string(name), WallTime{}, clock.Wall())).value();
    for (const auto& event : events) {
      if (event.reason == reason) return true;
    }
    return false;
  }

  ServiceReconcilerOptions service_options;
  directory::ServiceDirectory service_directory;
  Admission admission;
  ScriptedProbe probe{clock};
  std::map<model::InstanceId, int> in_flight;
  Services services;
};

}  // namespace atelier::control
