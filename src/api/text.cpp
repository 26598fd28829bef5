#include "api/text.h"

#include <algorithm>

namespace atelier::api {

namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

std::size_t CountCharacters(std::string_view text) {
  // Every byte that does not continue a character begins one.
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool ContainsIgnoreCase(std::string_view text, std::string_view part) {
  return part.empty() || !std::ranges::search(text, part, {}, Lower, Lower).empty();
}

Error Invalid(std::string message, std::source_location where) {
  return {Code::kInvalidArgument, std::move(message), {}, where};
}

Error Invalid(const Problems& problems, std::source_location where) {
  return Invalid(problems.Join(), where);
}

}  // namespace atelier::api
