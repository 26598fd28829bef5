#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace atelier {

/// Whether what follows the last separator is a piece if it is empty: "a,b," has three, or two.
enum class Trailing : std::uint8_t { kKeep, kDrop };

/// The pieces of a text between its separators, empty ones included, as views to walk through:
/// `for (std::string_view piece : Split(text, ','))`. An empty text has one piece, an empty one, or
/// none where `kDrop` is asked for.
class Split {
 public:
  explicit Split(std::string_view text, char separator, Trailing trailing = Trailing::kKeep)
      : begin_(text, separator, trailing) {}

  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    Iterator(std::string_view text, char separator, Trailing trailing)
        : rest_(text),
          separator_(separator),
          trailing_(trailing),
          last_(text.empty() && trailing == Trailing::kDrop) {
      ++*this;
    }
    std::string_view operator*() const { return piece_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t /*end*/) const { return ended_; }

   private:
    std::string_view rest_;
    std::string_view piece_;
    char separator_;
    Trailing trailing_;
    bool last_;  // nothing follows `piece_`
    bool ended_ = false;
  };
  Iterator begin() const { return begin_; }
  static std::default_sentinel_t end() { return {}; }

 private:
  Iterator begin_;
};

/// The lines of a text, each ended by LF or by the end of the text.
inline Split Lines(std::string_view text) { return Split(text, '\n', Trailing::kDrop); }

/// What stands between `blanks`; never empty ones.
std::vector<std::string_view> Words(std::string_view text, std::string_view blanks = kBlanks);

/// The members of "a,b", as they stand; empty ones are left out.
std::vector<std::string> SplitList(std::string_view text);

/// What stands before and after the first separator; all of it before, if there is none.
struct Halves {
  std::string_view before;
  std::string_view after;
  bool found = false;
};
Halves Cut(std::string_view text, char separator);

/// The number that the whole text is, as std::from_chars reads it: no blanks, no '+'. nullopt: it
/// is none, or out of range.
template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// How many characters must be added, dropped or changed to make one of the other.
std::size_t EditDistance(std::string_view a, std::string_view b);

/// Whether the byte goes on with a character of UTF-8 that began before it.
constexpr bool ContinuesCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}
/// Characters of valid UTF-8.
std::size_t CountCharacters(std::string_view text);

}  // namespace atelier
