#include "base/ascii.h"

#include <algorithm>

#include "base/fnv.h"

namespace atelier {

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ToLower(c);
  return out;
}

std::string ToUpper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ToUpper(c);
  return out;
}

bool IsDigits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, IsDigit); }

bool SameLetters(std::string_view a, std::string_view b) {
  // From the end: names of headers differ there rather than in front.
  for (std::size_t i = a.size(); i > 0; --i) {
    if (a[i - 1] != b[i - 1] && ToLower(a[i - 1]) != ToLower(b[i - 1])) return false;
  }
  return true;
}

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

std::optional<std::string_view> AfterScheme(std::string_view authorization,
                                            std::string_view scheme) {
  if (!StartsWithIgnoreCase(authorization, scheme)) return std::nullopt;
  const std::string_view rest = authorization.substr(scheme.size());
  if (rest.empty() || kBlanks.find(rest.front()) == std::string_view::npos) return std::nullopt;
  return rest.substr(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

bool ContainsIgnoreCase(std::string_view text, std::string_view part) {
  if (part.empty()) return true;
  const char first = ToLower(part.front());
  for (; text.size() >= part.size(); text.remove_prefix(1)) {
    if (ToLower(text.front()) == first && StartsWithIgnoreCase(text, part)) return true;
  }
  return false;
}

std::size_t HashIgnoreCase::operator()(std::string_view text) const {
  std::size_t hash = kFnvBasis;
  for (const char c : text) {
    const char lower = ToLower(c);
    hash = Fnv1a({&lower, 1}, hash);
  }
  return hash;
}

std::string_view Trim(std::string_view text, std::string_view blanks) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace atelier
