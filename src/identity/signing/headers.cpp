#include "identity/signing/headers.h"

#include <algorithm>

namespace atelier::identity {

namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool SameLetters(std::string_view a, std::string_view b) {
  // From the end: names of headers differ there rather than in front.
  for (std::size_t i = a.size(); i > 0; --i) {
    if (a[i - 1] != b[i - 1] && Lower(a[i - 1]) != Lower(b[i - 1])) return false;
  }
  return true;
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
