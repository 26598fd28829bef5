#pragma once
#include <string>
#include <string_view>

namespace atelier::directory {

/// ASCII lower case: names and GPU types compare without regard to case.
std::string Fold(std::string_view text);
/// `folded_part` occurs in `name`, whatever the case of `name`.
bool ContainsFolded(std::string_view name, std::string_view folded_part);
/// What follows the last '/': "repo:tag".
std::string_view LastPathPart(std::string_view image_url);

}  // namespace atelier::directory
