#include "identity/signing/headers.h"

#include <algorithm>

namespace atelier::identity {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

const Headers::List& Headers::Empty() {
  static const List none;
  return none;
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& [key, value] : list_) {
    if (EqualsIgnoringCase(key, name)) return Trim(value);
  }
  return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      list_, [&](const auto& header) { return EqualsIgnoringCase(header.first, name); }));
}

}  // namespace atelier::identity
