#pragma once
#include <cstddef>
#include <source_location>
#include <string>
#include <string_view>

#include "base/codec.h"
#include "base/result.h"

namespace atelier::api {

/// Characters of valid UTF-8.
std::size_t CountCharacters(std::string_view text);

/// Substring, ASCII case ignored.
bool ContainsIgnoreCase(std::string_view text, std::string_view part);

/// The error of a parameter or body that breaks a rule.
Error Invalid(std::string message, std::source_location where = std::source_location::current());
Error Invalid(const Problems& problems,
              std::source_location where = std::source_location::current());

}  // namespace atelier::api
