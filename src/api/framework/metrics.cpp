#include "api/framework/metrics.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "control/admission.h"

namespace atelier::api {

namespace {

void AppendHead(std::string& out, std::string_view name, std::string_view type,
                std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class Number>
void AppendGauge(std::string& out, std::string_view name, std::string_view help, Number value) {
  AppendHead(out, name, "gauge", help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void AppendInstances(std::string& out, const Services& services) {
  directory::Viewer everyone;
  everyone.sees_all = true;
  const directory::StatusCounts counts = services.instances.CountByStatus(everyone, {});
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
  for (const auto& recommender : services.recommenders.All()) {
    const auto counts = services.recommender_data.CountsOf(recommender->id);
    std::int64_t traced = 0;
    for (const auto& [type, count] : counts.traced) traced += count;
    const std::string& id = recommender->id.str();
    fmt::format_to(std::back_inserter(out),
                   "atelier_recommended_items_total{{instance=\"{}\"}} {}\n", id,
                   counts.recommended);
    fmt::format_to(std::back_inserter(traced_lines),
                   "atelier_traced_behaviors{{instance=\"{}\"}} {}\n", id, traced);
  }
  AppendHead(out, "atelier_traced_behaviors", "gauge",
             "Behaviors that bring back the trace of a recommendation.");
  out += traced_lines;
}

void AppendLeftovers(std::string& out, const Services& services) {
  const runtime::Leftovers notebooks = services.driver.leftovers();
  const runtime::Leftovers replicas = services.service_driver.leftovers();
  AppendGauge(out, "atelier_trash_trees", "Folders of deleted instances and runs, still on disk.",
              notebooks.waiting + replicas.waiting);
  AppendGauge(out, "atelier_trash_trees_failing",
              "Those that could not be deleted when last tried.",
              notebooks.failing + replicas.failing);
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

RequestMetrics::RequestMetrics() {
  for (const Operation& operation : Operations()) {
    Row& row = rows_.emplace_back();
    row.product = ProductName(operation.product);
    row.name = operation.name;
  }
  rows_.emplace_back().name = "unknown";
}

void RequestMetrics::Record(const Operation* operation, std::string_view code,
                            std::chrono::nanoseconds took) {
  Row& row = operation == nullptr
                 ? rows_.back()
                 : rows_[static_cast<std::size_t>(operation - Operations().data())];
  auto counter = row.by_code.find(code);
  if (counter == row.by_code.end()) counter = row.by_code.emplace(std::string(code), 0).first;
  ++counter->second;
  const auto bucket = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(),
                                       std::chrono::ceil<std::chrono::microseconds>(took).count());
  ++row.buckets[static_cast<std::size_t>(bucket - kBoundsUs.begin())];
  row.sum += took;
}

void RequestMetrics::AppendText(std::string& out) const {
  AppendHead(out, "atelier_requests_total", "counter", "Requests by operation and code.");
  for (const Row& row : rows_) {
    for (const auto& [code, count] : row.by_code) {
      fmt::format_to(std::back_inserter(out),
                     "atelier_requests_total{{product=\"{}\",operation=\"{}\",code=\"{}\"}} {}\n",
                     row.product, row.name, code, count);
    }
  }
  AppendHead(out, "atelier_request_seconds", "histogram", "Time from the request to its answer.");
  for (const Row& row : rows_) {
    if (row.by_code.empty()) continue;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBoundsUs.size(); ++i) {
      sum += row.buckets[i];
      fmt::format_to(
          std::back_inserter(out),
          "atelier_request_seconds_bucket{{product=\"{}\",operation=\"{}\",le=\"{}\"}} {}\n",
          row.product, row.name, static_cast<double>(kBoundsUs[i]) / 1e6, sum);
    }
    sum += row.buckets.back();
    const std::string labels =
        fmt::format("product=\"{}\",operation=\"{}\"", row.product, row.name);
    fmt::format_to(std::back_inserter(out),
                   "atelier_request_seconds_bucket{{{0},le=\"+Inf\"}} {1}\n"
                   "atelier_request_seconds_sum{{{0}}} {2}\n"
                   "atelier_request_seconds_count{{{0}}} {1}\n",
                   labels, sum, std::chrono::duration<double>(row.sum).count());
  }
}

std::string MetricsPage(const RequestMetrics& requests, const Services& services,
                        const std::vector<runtime::Control>& controls, int under_way, bool ready) {
  std::string out;
  requests.AppendText(out);
  AppendGauge(out, "atelier_requests_under_way", "Requests being answered now.", under_way);
  AppendInstances(out, services);
  AppendGauge(out, "atelier_instances_quarantined", "Stored instances that cannot be read.",
              services.instances.quarantined());
  AppendHead(out, "atelier_orphans", "gauge", "Workloads that run without a record.");
  fmt::format_to(
      std::back_inserter(out),
      "atelier_orphans{{kind=\"instance\"}} {}\natelier_orphans{{kind=\"replica\"}} {}\n",
      services.reconciler.orphans(), services.service_reconciler.orphans());
  AppendGauge(out, "atelier_store_went_back",
              "1: the store does not know what it knew before; see /readyz.",
              ready && services.mark != nullptr && services.mark->report() ? 1 : 0);
  if (const control::Admission* admission = services.control.admission(); admission != nullptr)
    AppendRoom(out, *admission);
  AppendGauge(out, "atelier_reconcile_lag_seconds",
              "From a change to the reconciler having acted on it: the latest, or the oldest "
              "that still waits.",
              services.reconciler.LagMs() / 1000);
  if (ready) AppendRecommenders(out, services);
  AppendLeftovers(out, services);
  AppendStore(out, services.store);
  AppendControls(out, controls);
  return out;
}

}  // namespace atelier::api
