#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

/// The members of "a,b"; empty ones are left out.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace atelier
