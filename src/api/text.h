#pragma once
#include <cstddef>
#include <optional>
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

/// Base64 (RFC 4648 section 4), padding required; nothing: it is none.
std::optional<std::string> DecodeBase64(std::string_view text);
std::string EncodeBase64(std::string_view data);

/// The error of a parameter or body that breaks a rule.
Error Invalid(std::string message, std::source_location where = std::source_location::current());
Error Invalid(const Problems& problems,
              std::source_location where = std::source_location::current());

}  // namespace atelier::api
