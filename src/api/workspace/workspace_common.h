#pragma once
#include <cstdint>
#include <string>

#include "api/operation.h"

namespace atelier::api {

inline constexpr std::string_view kWorkspaceVersion = "2021-02-04";

inline constexpr Param kPageNumber = {.name = "PageNumber",
                                      .type = Param::Type::kInteger,
                                      .min = 1,
                                      .max = INT32_MAX,
                                      .standard = 1,
                                      .doc = "From 1."};
inline constexpr Param kPageSize = {.name = "PageSize",
                                    .type = Param::Type::kInteger,
                                    .min = 1,
                                    .max = 1000,
                                    .standard = 20,
                                    .doc = "Entries of a page."};

/// The workspace, if the caller may do `access` to it. A caller who may not is told so before
/// anything is said about its existence.
Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id,
                                          identity::Access access);

}  // namespace atelier::api
