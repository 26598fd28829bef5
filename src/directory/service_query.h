#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "directory/service_directory.h"

namespace atelier::directory {

/// When the replica counts as started: the start of its run, before the first one its creation.
WallTime StartTimeOf(const model::Replica& replica);

/// How many of them take traffic.
std::int64_t CountServing(const std::vector<ReplicaPtr>& replicas);

/// True if every pair of `wanted` is among them.
bool HasLabels(const std::vector<model::Label>& labels,
               const std::map<std::string, std::string>& wanted);

}  // namespace atelier::directory
