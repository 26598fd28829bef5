#include "model/service_diagnosis.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace atelier::model {

namespace {

/// A start that takes longer is worth a word, though it may well be right.
constexpr Duration kSlowStart{60'000};
/// One that is up again, and ended so lately, is not out of trouble.
constexpr Duration kLately = std::chrono::minutes(10);
constexpr std::size_t kMaxCauses = 3;  // of earlier events

constexpr std::string_view kSeeLog =
    "Read what it printed: DescribeServiceLog with Previous=true shows the run before.";

void Add(std::vector<std::string>& list, std::string_view text) {
  if (!text.empty() && std::ranges::find(list, text) == list.end()) list.emplace_back(text);
}

std::string_view LastLine(std::string_view log) {
  while (log.ends_with('\n') || log.ends_with('\r')) log.remove_suffix(1);
  const std::size_t begin = log.rfind('\n');
  return begin == std::string_view::npos ? log : log.substr(begin + 1);
}

std::string Check(const HealthCheck& check, std::int64_t port) {
  return check.any_answer ? fmt::format("an HTTP request to port {}", port)
                          : fmt::format("GET {} on port {}", check.path, port);
}

/// What to do about a run that ended as `last` says.
void AdviseOnEnd(const LastRun& last, std::vector<std::string>& advices) {
  if (last.reason == "OOMKilled") {
    Add(advices,
        "Give each instance more memory: metadata.memory, a larger machine, or "
        "containers[0].resources.limits.memory.");
  } else if (last.reason == "Completed") {
    Add(advices, "The command must run a server that does not end: correct script or command.");
  } else if (last.reason == "Lost") {
    Add(advices, "The host may have been started again. Wait for the next start.");
    return;
  } else if (last.exit_code == 127) {
    Add(advices, "Its program was not found: correct script or command, or choose another image.");
  } else if (last.exit_code == 126) {
    Add(advices, "Its program cannot be executed: look at its permissions.");
  } else if (last.reason == "Unhealthy" || last.reason == "StartTimeout") {
    Add(advices,
        "Let the program answer its checks in time, or give it more: startup_check, "
        "liveness_check.");
  } else {
    Add(advices, "Correct the program or its variables with UpdateService.");
  }
  Add(advices, kSeeLog);
}

Diagnosis OfRestarts(const Replica& replica, const LastRun& last) {
  Diagnosis out;
  out.error = fmt::format("Instance {} does not stay up: it was started again {} times.",
                          replica.name, replica.restarts);
  Add(out.causes, last.message.empty() ? last.reason : last.message);
  const std::string_view line = LastLine(last.log);
  if (!line.empty() && last.message.find(line) == std::string::npos)
    Add(out.causes, fmt::format("The last line it printed: {}", line));
  AdviseOnEnd(last, out.advices);
  return out;
}

Diagnosis OfPending(const Replica& replica) {
  Diagnosis out;
  Add(out.causes, replica.message);
  if (replica.reason == "InsufficientResource") {
    out.error = fmt::format("Instance {} waits for room on this server.", replica.name);
    Add(out.advices,
        "Stop something else, ask for fewer instances (ScaleService), or for less of each "
        "(metadata.cpu, metadata.memory).");
  } else {
    out.error = fmt::format("Instance {} cannot be started.", replica.name);
    Add(out.advices, "Correct the configuration with UpdateService.");
  }
  return out;
}

Diagnosis OfStart(const Replica& replica, const ServiceSpec* spec, WallTime now) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now - *replica.started_at).count();
  Diagnosis out;
  out.error = fmt::format("Instance {} runs for {} s and is not ready.", replica.name, seconds);
  if (spec != nullptr) {
    Add(out.causes, fmt::format("Its startup check has not passed: {}.",
                                Check(spec->startup.value_or(spec->health), spec->port)));
  }
  Add(out.advices,
      "The program must listen on containers[0].port and answer that check. If it only takes long "
      "to load, wait, or set startup_check.");
  Add(out.advices, "Read what it prints: DescribeServiceLog.");
  return out;
}

Diagnosis OfHealth(const Replica& replica, const ServiceSpec* spec) {
  Diagnosis out;
  out.error = fmt::format("Instance {} runs and takes no traffic.", replica.name);
  Add(out.causes, replica.message);
  if (spec != nullptr)
    Add(out.causes, fmt::format("The check is {}.", Check(spec->health, spec->port)));
  Add(out.advices,
      "Look why the program does not answer its health check (DescribeServiceLog), or correct "
      "health_check with UpdateService.");
  return out;
}

std::string_view AdviceOn(std::string_view reason) {
  if (reason == "StopTimeout" || reason == "DeleteTimeout")
    return "Wait: the server keeps trying to end what runs. Who runs it finds more in its log.";
  if (reason == "Incomplete")
    return "The earlier instances serve on. UpdateServiceVersion goes back; UpdateService with a "
           "corrected configuration goes on.";
  return "Correct the configuration with UpdateService, which starts the service anew, or repeat "
         "with StartService what may have passed.";
}

}  // namespace

std::optional<Diagnosis> DiagnoseReplica(const Replica& replica, const ServiceSpec* spec,
                                         WallTime now) {
  if (replica.leaving || replica.status == ReplicaStatus::Terminating) return std::nullopt;
  const bool waits = replica.status == ReplicaStatus::Pending;
  if (waits && (replica.reason == "InsufficientResource" || replica.reason == "StartRefused"))
    return OfPending(replica);
  if (replica.status == ReplicaStatus::Unknown) {
    return Diagnosis{.error = fmt::format("Instance {} is not seen by the runtime.", replica.name),
                     .causes = {replica.message},
                     .advices = {"Wait: it may still run, and is looked for. Who runs the server "
                                 "finds more in its log."}};
  }
  // SoftRestart is no failure.
  const bool failed = replica.failures > 0 && replica.last;
  const bool loops = failed && replica.failures > 1 && now - replica.last->finished < kLately;
  if (replica.ready && !loops) return std::nullopt;
  if (failed) return OfRestarts(replica, *replica.last);
  if (replica.status != ReplicaStatus::Running || !replica.started_at) return std::nullopt;
  if (replica.started) return OfHealth(replica, spec);
  if (now - *replica.started_at < kSlowStart) return std::nullopt;
  return OfStart(replica, spec, now);
}

std::optional<Diagnosis> DiagnoseService(const Service& service,
                                         const std::vector<ServiceEvent>& warnings) {
  Diagnosis out;
  if (!service.reason.empty()) {
    out.error = fmt::format("Service {} is {}: {}.", service.name, EnumName(service.status),
                            service.reason);
    Add(out.causes, service.message);
    for (auto event = warnings.rbegin(); event != warnings.rend() && out.causes.size() < kMaxCauses;
         ++event) {
      // What the service says of itself is its message again.
      if (!event->instance.empty()) Add(out.causes, event->message);
    }
    Add(out.advices, AdviceOn(service.reason));
    return out;
  }
  const bool up = service.status == ServiceStatus::Running;
  if (up && service.replicas == 0 && !WakesOnDemand(service)) {
    out.error = fmt::format("Service {} has no instances, and nothing brings one.", service.name);
    Add(out.causes, "It was scaled to 0.");
    Add(out.advices,
        "ScaleService sets their number; an autoscaler with min 0 brings one on demand.");
    return out;
  }
  return std::nullopt;
}

}  // namespace atelier::model
