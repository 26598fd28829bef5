#include "base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace atelier {

Split::Iterator& Split::Iterator::operator++() {
  if (last_) {
    ended_ = true;
    return *this;
  }
  const std::size_t end = rest_.find(separator_);
  piece_ = rest_.substr(0, end);
  rest_.remove_prefix(piece_.size());
  last_ = rest_.empty();
  if (last_) return *this;
  rest_.remove_prefix(1);  // the separator
  last_ = rest_.empty() && trailing_ == Trailing::kDrop;
  return *this;
}

std::vector<std::string_view> Words(std::string_view text, std::string_view blanks) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> members;
  for (const std::string_view piece : Split(text, ',')) {
    if (!piece.empty()) members.emplace_back(piece);
  }
  return members;
}

Halves Cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {.before = text, .after = {}};
  return {.before = text.substr(0, at), .after = text.substr(at + 1), .found = true};
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, changed}));
    }
  }
  return row.back();
}

std::size_t CountCharacters(std::string_view text) {
  // Every byte that does not continue a character begins one.
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !ContinuesCharacter(c); }));
}

}  // namespace atelier
