#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "directory/recommender_directory.h"

namespace atelier::directory {

/// ListInstance of AIRec after validation (docs/contract/requests.md section 6); all conditions AND
/// together, empty or nullopt = no filter.
struct RecommenderQuery {
  std::string name = {};  // part of the name, case ignored (ASCII)
  std::string id = {};    // part of the id, the same
  std::optional<model::RecommenderStatus> status = {};
  /// Not expired now, but then: nothing if it is not later than now.
  std::optional<WallTime> expires_by = {};
  std::uint64_t page = 1;  // from 1
  std::uint64_t size = 10;
};

/// Newest first, ties by id.
std::vector<RecommenderPtr> ListRecommenders(const RecommenderDirectory& directory,
                                             const RecommenderQuery& query, WallTime now);

}  // namespace atelier::directory
