#include "identity/policy/matcher.h"

#include <cstddef>

#include "base/text.h"

namespace atelier::identity {

namespace {

char Fold(char c, Case letter_case) { return letter_case == Case::kInsensitive ? ToLower(c) : c; }

/// Where the character at `at` ends: its first byte and the UTF-8 continuation bytes behind it.
std::size_t NextCharacter(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && ContinuesCharacter(text[at])) ++at;
  return at;
}

}  // namespace

bool WildcardMatch(std::string_view pattern, std::string_view text, Case letter_case) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last `*` met
  std::size_t resume = 0;                     // where the text goes on if that `*` takes one more
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = NextCharacter(text, t);
    } else if (p < pattern.size() && Fold(pattern[p], letter_case) == Fold(text[t], letter_case)) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      resume = NextCharacter(text, resume);
      t = resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace atelier::identity
