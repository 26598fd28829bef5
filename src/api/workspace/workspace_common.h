#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/operation.h"
#include "base/text.h"

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

inline constexpr Param kWorkspaceId = {
    .name = "WorkspaceId", .in_path = true, .required = true, .doc = "Workspace id."};

constexpr Operation WorkspaceRow(std::string_view name, std::string_view method,
                                 std::string_view path, Handler handler, SchemaFn answer,
                                 std::string_view doc, SchemaFn body = nullptr) {
  return {.product = Product::kWorkspace,
          .name = name,
          .version = kWorkspaceVersion,
          .method = method,
          .path = path,
          .handler = handler,
          .mutates = method != "GET",
          .body = body,
          .answer = answer,
          .doc = doc};
}

/// True if `labels` (key and value of each) has what `condition` asks for: Key=Value, or Key=*.
template <class Labels>
bool HasLabel(const Labels& labels, std::string_view condition) {
  const Halves wanted = Cut(condition, '=');
  return std::ranges::any_of(labels, [&](const auto& label) {
    const auto& [key, present] = label;
    return key == wanted.before && (wanted.after == "*" || present == wanted.after);
  });
}

/// The workspace, if the caller may do `access` to it. A caller who may not is told so before
/// anything is said about its existence; who administered it to its end learns that it is gone.
Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id,
                                          identity::Access access);

}  // namespace atelier::api
