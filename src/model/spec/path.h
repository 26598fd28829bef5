#pragma once
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace atelier::model {

/// Whether a part of `path` is "..": it is not where it looks to be.
inline bool GoesUp(std::string_view path) {
  return fmt::format("/{}/", path).find("/../") != std::string::npos;
}

}  // namespace atelier::model
