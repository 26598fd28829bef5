#include "identity/signing/headers.h"

#include <algorithm>

#include "base/ascii.h"

namespace atelier::identity {

const Headers::List& Headers::Empty() {
  static const List none;
  return none;
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& [key, value] : list_) {
    if (EqualsIgnoreCase(key, name)) return Trim(value, kWhitespace);
  }
  return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      list_, [&](const auto& header) { return EqualsIgnoreCase(header.first, name); }));
}

}  // namespace atelier::identity
