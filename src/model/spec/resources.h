#pragma once
#include <cstdint>
#include <optional>

#include "base/codec.h"
#include "model/service_spec.h"
#include "model/spec/reader.h"

namespace atelier::model {

// The most of a replica, by metadata and by resources alike.
inline constexpr std::int64_t kMaxCpu = 1024;  // vCPUs
inline constexpr std::int64_t kMaxMemoryMib = 16LL << 20U;

/// A Kubernetes quantity in thousandths of its unit: a number, or text such as `500m`, `1.5`,
/// `512Mi`, `2G` or `1e9`; what is finer is rounded down. nullopt: it is none, it is negative, or
/// it has no room in an int64.
std::optional<std::int64_t> ParseQuantity(const json::value& value);

/// containers[].resources, in the form of Kubernetes: requests and limits of cpu and memory.
/// Everything else (GPUs, disks) is refused by its name.
void ReadResources(const Reader& resources, ServiceSpec& spec);

/// What the container asks for against what metadata gives it. A machine's size is not known here.
void CheckResources(const Reader& container, ServiceSpec& spec);

}  // namespace atelier::model
