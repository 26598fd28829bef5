#pragma once
#include <string_view>

namespace atelier {

/// Of the program (semver).
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace atelier
