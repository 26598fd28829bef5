#pragma once
#include <cstddef>
#include <functional>
#include <string_view>

namespace atelier {

/// Hash of the keys of a map, so that one is looked up by a view, without a copy. The map's
/// equality is std::equal_to<>.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace atelier
