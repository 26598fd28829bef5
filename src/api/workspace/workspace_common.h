#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "base/page.h"

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

/// The page of `all` that PageNumber and PageSize ask for; empty past the end.
template <class T>
std::vector<T> PageOf(std::vector<T> all, const Args& args) {
  return atelier::PageOf(std::move(all), static_cast<std::uint64_t>(*args.Integer("PageNumber")),
                         static_cast<std::uint64_t>(*args.Integer("PageSize")));
}

/// The workspace, if the caller may do `access` to it. A caller who may not is told so before
/// anything is said about its existence.
Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id,
                                          identity::Access access);

}  // namespace atelier::api
