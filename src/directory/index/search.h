#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "directory/index/index.h"

namespace atelier::directory {

/// What a viewer sees of a scope; nullopt: all of it. `workspace` as in InstanceQuery.
std::optional<Bitmap> VisibleTo(const Index& index, const Viewer& viewer,
                                const std::optional<model::WorkspaceId>& workspace);

/// Every match of `query`, on all pages; nullopt: the whole of its scope.
std::optional<Bitmap> MatchesOf(const Index& index, const Viewer& viewer,
                                const InstanceQuery& query);

/// One page of slots in the order asked for, and the count of all matches.
struct Hits {
  std::vector<Slot> page;
  std::uint64_t total = 0;
};
/// Answers ListInstances (docs/contract/requests.md section 3).
Hits Search(const Index& index, const Viewer& viewer, const InstanceQuery& query);

/// Its matches on all pages by status: the bitmaps of the states tell, whatever there is of them.
StatusCounts CountByStatus(const Index& index, const Viewer& viewer, const InstanceQuery& query);

}  // namespace atelier::directory
