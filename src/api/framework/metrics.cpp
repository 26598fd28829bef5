#include "api/framework/metrics.h"

#include <algorithm>
#include <iterator>
#include <mutex>

#include <fmt/format.h>

#include "base/metrics.h"
#include "control/core/admission.h"
#include "control/core/workloads.h"
#include "control/dsw/instances.h"
#include "control/dsw/reconciler.h"
#include "directory/directory.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "identity/authenticator.h"
#include "runtime/driver.h"
#include "store/mark.h"
#include "store/store.h"

namespace atelier::api {

namespace {

using metrics::AppendGauge;
using metrics::AppendHead;
using metrics::AppendSample;

void AppendInstances(std::string& out, const Services& services) {
  directory::Viewer everyone;
  everyone.sees_all = true;
  const directory::StatusCounts counts = services.dsw.directory.CountByStatus(everyone, {});
  AppendHead(out, "atelier_instances", "gauge", "Instances by state.");
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::InstanceStatus>>(
      [&](auto d) {
        fmt::format_to(std::back_inserter(out), "atelier_instances{{status=\"{}\"}} {}\n", d.name,
                       counts[static_cast<std::size_t>(d.value)]);
      });
}

void AppendRoom(std::string& out, const control::Admission& admission) {
  const auto append = [&](std::string_view name, std::string_view help,
                          const model::Resources& amount) {
    AppendHead(out, name, "gauge", help);
    fmt::format_to(std::back_inserter(out),
                   "{0}{{resource=\"vcpu\"}} {1}\n{0}{{resource=\"memory_mib\"}} {2}\n"
                   "{0}{{resource=\"gpu\"}} {3}\n{0}{{resource=\"processes\"}} {4}\n",
                   name, static_cast<double>(amount.milli_cpu) / model::kMilli, amount.memory_mib,
                   static_cast<double>(amount.milli_gpu) / model::kMilli, amount.processes);
  };
  append("atelier_room_total", "What the host gives out.", admission.total());
  append("atelier_room_held", "What instances and service instances hold of it.", admission.held());
}

void AppendRecommenders(std::string& out, const Services& services) {
  std::string traced_lines;
  AppendHead(out, "atelier_recommended_items_total", "counter",
             "Items recommended; a crash may take back those of its last seconds.");
  for (const auto& recommender : services.airec.directory.All()) {
    const auto counts = services.airec.data.CountsOf(recommender->id);
    std::int64_t traced = 0;
    for (const auto& [type, count] : counts.traced) traced += count;
    const std::string label = metrics::Label("instance", recommender->id.str());
    AppendSample(out, "atelier_recommended_items_total", label, counts.recommended);
    AppendSample(traced_lines, "atelier_traced_behaviors", label, traced);
  }
  AppendHead(out, "atelier_traced_behaviors", "gauge",
             "Behaviors that bring back the trace of a recommendation.");
  out += traced_lines;
}

/// What the running instances used at their latest sample. "instance" is Prometheus' own name for
/// the server.
void AppendUsage(std::string& out, const Services& services) {
  const control::LatestUsage latest = services.dsw.reconciler.Latest(metrics::kMaxNamed);
  std::string memory;
  AppendHead(out, "atelier_instance_cpu_cores", "gauge",
             "Cores that a running instance used on average since the sample before.");
  for (const auto& [id, usage] : latest.points) {
    const std::string label = metrics::Label("instance_id", id.str());
    AppendSample(out, "atelier_instance_cpu_cores", label, usage.cpu_cores);
    AppendSample(memory, "atelier_instance_memory_bytes", label, usage.memory_bytes);
  }
  AppendHead(out, "atelier_instance_memory_bytes", "gauge", "Memory of a running instance.");
  out += memory;
  AppendGauge(out, "atelier_instances_left_out",
              "Running instances without series of their own: there are too many.",
              latest.left_out);
}

void AppendQuarantine(std::string& out, const Services& services) {
  const auto append = [&](std::string_view kind, const store::Quarantine& quarantine) {
    AppendSample(out, "atelier_records_quarantined", metrics::Label("kind", kind),
                 quarantine.size());
  };
  AppendHead(out, "atelier_records_quarantined", "gauge",
             "Other stored records that cannot be read; the log names them.");
  append("identity", services.identities.quarantine());
  append("service", services.eas.directory.quarantine());
  append("recommender", services.airec.directory.quarantine());
  append("document", services.airec.data.quarantine());
}

void AppendOrphans(std::string& out, const std::vector<control::Orphan>& orphans) {
  AppendHead(out, "atelier_orphans", "gauge", "Workloads that run without a record.");
  for (const bool replica : {false, true}) {
    const auto number = std::ranges::count_if(
        orphans, [&](const auto& one) { return one.replica == replica && !one.ended; });
    fmt::format_to(std::back_inserter(out), "atelier_orphans{{kind=\"{}\"}} {}\n",
                   replica ? "replica" : "instance", number);
  }
}

void AppendLeftovers(std::string& out, const Services& services) {
  const runtime::Leftovers left = services.driver.leftovers();
  AppendGauge(out, "atelier_trash_trees", "Folders of deleted instances and runs, still on disk.",
              left.waiting);
  AppendGauge(out, "atelier_trash_trees_failing",
              "Those that could not be deleted when last tried.", left.failing);
}

void AppendStore(std::string& out, const store::Store& store) {
  std::vector<double> seconds = store.RecentCommitSeconds();
  std::sort(seconds.begin(), seconds.end());
  AppendHead(out, "atelier_store_commit_seconds", "summary",
             "Latest commits, from enqueue to durable.");
  for (const double quantile : {0.5, 0.9, 0.99, 1.0}) {
    if (seconds.empty()) break;
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(seconds.size() - 1));
    fmt::format_to(std::back_inserter(out), "atelier_store_commit_seconds{{quantile=\"{}\"}} {}\n",
                   quantile, seconds[at]);
  }
  AppendGauge(out, "atelier_store_writable", "1 while the store takes writes.",
              store.GetHealth().writable ? 1 : 0);
}

void AppendControls(std::string& out, const std::vector<runtime::Control>& controls) {
  if (controls.empty()) return;
  AppendHead(out, "atelier_isolation", "gauge",
             "1 where the host isolates or limits instances in this way.");
  for (const runtime::Control& control : controls) {
    fmt::format_to(std::back_inserter(out), "atelier_isolation{{control=\"{}\"}} {}\n",
                   control.name, control.on ? 1 : 0);
  }
}

}  // namespace

RequestMetrics::RequestMetrics(bool shared) : mutex_(shared) {
  const auto add = [this](std::string_view product, std::string_view name) {
    rows_.emplace_back().labels =
        metrics::Label("product", product) + "," + metrics::Label("operation", name);
  };
  for (const Operation& operation : Operations())
    add(ProductName(operation.product), operation.name);
  add("", "unknown");
}

void RequestMetrics::Record(const Operation* operation, std::string_view code,
                            std::chrono::nanoseconds took) {
  const std::scoped_lock lock(mutex_);
  Row& row = operation == nullptr
                 ? rows_.back()
                 : rows_[static_cast<std::size_t>(operation - Operations().data())];
  auto counter = row.by_code.find(code);
  if (counter == row.by_code.end()) counter = row.by_code.emplace(std::string(code), 0).first;
  ++counter->second;
  row.seconds.Record(took);
}

void RequestMetrics::AppendText(std::string& out) const {
  const std::scoped_lock lock(mutex_);
  AppendHead(out, "atelier_requests_total", "counter", "Requests by operation and code.");
  for (const Row& row : rows_) {
    for (const auto& [code, count] : row.by_code) {
      AppendSample(out, "atelier_requests_total", row.labels + "," + metrics::Label("code", code),
                   count);
    }
  }
  AppendHead(out, "atelier_request_seconds", "histogram", "Time from the request to its answer.");
  for (const Row& row : rows_) {
    if (!row.by_code.empty()) row.seconds.AppendSamples(out, "atelier_request_seconds", row.labels);
  }
}

std::string MetricsPage(const RequestMetrics& requests, const Services& services,
                        const Options& options, int under_way, bool ready, bool named) {
  std::string out;
  requests.AppendText(out);
  AppendGauge(out, "atelier_requests_under_way", "Requests being answered now.", under_way);
  AppendInstances(out, services);
  AppendGauge(out, "atelier_instances_quarantined", "Stored instances that cannot be read.",
              services.dsw.directory.quarantined());
  if (ready) AppendQuarantine(out, services);
  AppendOrphans(out, services.workloads.ListOrphans());
  AppendGauge(out, "atelier_store_went_back",
              "1: the store does not know what it knew before; see /readyz.",
              ready && services.mark != nullptr && services.mark->report() ? 1 : 0);
  if (const control::Admission* admission = services.dsw.control.admission(); admission != nullptr)
    AppendRoom(out, *admission);
  AppendGauge(out, "atelier_reconcile_lag_seconds",
              "From a change to the reconciler having acted on it: the latest, or the oldest "
              "that still waits.",
              services.workloads.LagMs() / 1000);
  if (ready && named) AppendRecommenders(out, services);
  if (ready && named) AppendUsage(out, services);
  AppendLeftovers(out, services);
  AppendGauge(out, "atelier_nonces",
              "Signed requests that are remembered, so that none works twice. About 16 bytes each.",
              services.authenticator.nonces());
  AppendStore(out, services.store);
  AppendControls(out, options.controls);
  metrics::AppendProcess(out);
  if (ready) options.more_metrics(out, named);
  return out;
}

}  // namespace atelier::api
