#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace atelier {

// Of ASCII alone, whatever the locale: a byte of another character is no letter and has no case.

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsLetter(char c) { return IsLower(c) || IsUpper(c); }
constexpr bool IsAlnum(char c) { return IsLetter(c) || IsDigit(c); }

constexpr char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char ToUpper(char c) { return IsLower(c) ? static_cast<char>(c - ('a' - 'A')) : c; }
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);

/// Whether there is a text and all of it is digits.
bool IsDigits(std::string_view text);

/// Of texts of one length.
bool SameLetters(std::string_view a, std::string_view b);
/// In place, because a look-up asks it of every header and the length mostly answers.
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && SameLetters(a, b);
}
bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix);
/// The credentials in a value of Authorization, if it is of `scheme`, in any letter case (RFC 9110
/// section 11.4). nullopt: it is of another, or of none.
std::optional<std::string_view> AfterScheme(std::string_view authorization,
                                            std::string_view scheme);
/// True of an empty `part`.
bool ContainsIgnoreCase(std::string_view text, std::string_view part);

/// Hash and equality of the keys of a map without regard to case, and without a copy to look one
/// up.
struct HashIgnoreCase {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const;
};
struct EqualIgnoreCase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return EqualsIgnoreCase(a, b); }
};

inline constexpr std::string_view kBlanks = " \t";  // OWS of RFC 9110
inline constexpr std::string_view kWhitespace = " \t\n\v\f\r";

/// Without what is of `blanks` at either end.
std::string_view Trim(std::string_view text, std::string_view blanks = kBlanks);

}  // namespace atelier
