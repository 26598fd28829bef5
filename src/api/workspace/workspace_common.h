#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/framework/list.h"
#include "base/text.h"

namespace atelier::api {

inline constexpr ApiVersion kWorkspaceApi{.product = Product::kWorkspace, .version = "2021-02-04"};

inline constexpr Param kPageSize = PageSizeOf(20);

inline constexpr Param kWorkspaceId = {
    .name = "WorkspaceId", .in_path = true, .required = true, .doc = "Workspace id."};

/// True if `labels` (key and value of each) has what `condition` asks for: Key=Value, or Key=*.
template <class Labels>
bool HasLabel(const Labels& labels, std::string_view condition) {
  const Halves wanted = Cut(condition, '=');
  return std::ranges::any_of(labels, [&](const auto& label) {
    const auto& [key, present] = label;
    return key == wanted.before && (wanted.after == "*" || present == wanted.after);
  });
}

/// The workspace, if the caller may do to it what the row says (SecondGate). A caller who may not
/// is told so before anything is said about its existence; who administered it to its end learns
/// that it is gone.
Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id);
/// For rows (SecondGate).
Status PassWorkspace(const Context& context, const std::string& id);

}  // namespace atelier::api
