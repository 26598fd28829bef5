#include "model/spec/resources.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "base/empty_json.h"
#include "base/text.h"

namespace atelier::model {

namespace {

constexpr std::int64_t kStandardCpu = 1 * kMilli;  // of a replica that asks for nothing
constexpr std::int64_t kBytesPerMib = 1 << 20;
constexpr double kMaxQuantity = 9e18;

/// The suffixes of Kubernetes' resource.Quantity that cpu and memory have.
double FactorOf(std::string_view suffix) {
  static constexpr auto kFactors = std::to_array<std::pair<std::string_view, double>>({
      {"", 1},
      {"m", 1e-3},
      {"k", 1e3},
      {"M", 1e6},
      {"G", 1e9},
      {"T", 1e12},
      {"P", 1e15},
      {"Ki", 1024.0},
      {"Mi", 1024.0 * 1024},
      {"Gi", 1024.0 * 1024 * 1024},
      {"Ti", 1024.0 * 1024 * 1024 * 1024},
      {"Pi", 1024.0 * 1024 * 1024 * 1024 * 1024},
  });
  const auto* const found =
      std::ranges::find(kFactors, suffix, &std::pair<std::string_view, double>::first);
  return found == kFactors.end() ? 0 : found->second;
}

ComputeSpec ReadAmounts(const Reader& in) {
  ComputeSpec amounts;
  if (in.object() == nullptr) return amounts;
  for (const auto& [name, value] : *in.object()) {
    if (IsEmptyJson(value)) continue;
    const auto thousandths = ParseQuantity(value);
    if (name == "cpu") {
      amounts.milli_cpu = thousandths.value_or(0);
      if (amounts.milli_cpu < 1 || amounts.milli_cpu > kMaxCpu * kMilli)
        in.Problem(name, "must be a quantity of vCPUs from 1m to 1024");
    } else if (name == "memory") {
      amounts.memory_mib = thousandths.value_or(0) / kMilli / kBytesPerMib;
      if (amounts.memory_mib < 1 || amounts.memory_mib > kMaxMemoryMib)
        in.Problem(name, "must be a quantity of bytes from 1Mi to 16Ti");
    } else {
      in.Refuse(name);
    }
  }
  return amounts;
}

std::int64_t LesserOf(std::int64_t given, std::int64_t limit) {
  if (limit == 0) return given;
  return given == 0 ? limit : std::min(given, limit);
}

bool Exceeds(std::int64_t amount, std::int64_t bound) { return bound != 0 && amount > bound; }

}  // namespace

std::optional<std::int64_t> ParseQuantity(const json::value& value) {
  double number = 0;
  double factor = 1;
  if (value.is_number()) {
    number = value.to_number<double>();
  } else if (const json::string* text = value.if_string()) {
    const char* const end = text->data() + text->size();
    // Neither "inf" nor a second sign: a quantity begins with a digit or a point.
    const bool begins = !text->empty() && (text->front() == '.' || IsDigit(text->front()));
    const auto parsed = std::from_chars(text->data(), end, number);
    if (!begins || parsed.ec != std::errc{}) return std::nullopt;
    factor = FactorOf({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)});
  } else {
    return std::nullopt;
  }
  // A thousandth is a whole number first: 0.3 has no exact double, and must not become 299.
  const double thousandths = std::floor(number * factor * kMilli + 1e-6);
  if (factor == 0 || number < 0 || !(thousandths <= kMaxQuantity)) return std::nullopt;
  return static_cast<std::int64_t>(thousandths);
}

void ReadResources(const Reader& resources, ServiceSpec& spec) {
  if (resources.object() == nullptr) return;
  for (const auto& [name, value] : *resources.object()) {
    if (name != "limits" && name != "requests") resources.Refuse(name);
  }
  const Reader requests = resources.Object("requests");
  spec.limits = ReadAmounts(resources.Object("limits"));
  spec.requests = ReadAmounts(requests);
  if (Exceeds(spec.requests.milli_cpu, spec.limits.milli_cpu))
    requests.Problem("cpu", "must be at most limits.cpu");
  if (Exceeds(spec.requests.memory_mib, spec.limits.memory_mib))
    requests.Problem("memory", "must be at most limits.memory");
}

void CheckResources(const Reader& container, ServiceSpec& spec) {
  if (!spec.instance_type.empty()) return;
  if (Exceeds(std::max(spec.limits.milli_cpu, spec.requests.milli_cpu), spec.size.milli_cpu))
    container.Problem("resources", "must ask for at most metadata.cpu");
  if (Exceeds(std::max(spec.limits.memory_mib, spec.requests.memory_mib), spec.size.memory_mib))
    container.Problem("resources", "must ask for at most metadata.memory");
}

Capacity CapacityOf(const ServiceSpec& spec, const EcsSpec* machine) {
  Capacity capacity;
  if (machine != nullptr) {
    capacity = CapacityOf(*machine);
  } else {
    capacity.milli_cpu = spec.size.milli_cpu;
    capacity.memory_mib = spec.size.memory_mib;
  }
  capacity.milli_cpu = LesserOf(capacity.milli_cpu, spec.limits.milli_cpu);
  capacity.memory_mib = LesserOf(capacity.memory_mib, spec.limits.memory_mib);
  if (capacity.milli_cpu == 0) capacity.milli_cpu = std::max(kStandardCpu, spec.requests.milli_cpu);
  return capacity;
}

}  // namespace atelier::model
