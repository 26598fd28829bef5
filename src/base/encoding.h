#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier {

inline std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";

/// Lower-case hex.
std::string Hex(std::span<const std::uint8_t> bytes);

/// Base64 (RFC 4648 section 4), padded.
std::string Base64(std::span<const std::uint8_t> bytes);
/// Bits of the last digit that belong to no byte, and are not zero: a second spelling of the same
/// bytes, which a decoder may refuse or not (RFC 4648 section 3.5).
enum class StrayBits : std::uint8_t { kRefused, kIgnored };
/// nullopt: it is none, is not padded, or has blanks.
std::optional<std::string> FromBase64(std::string_view text, StrayBits stray = StrayBits::kRefused);
/// The URL-safe alphabet without padding (RFC 4648 section 5).
std::string Base64Url(std::span<const std::uint8_t> bytes);
std::optional<std::string> FromBase64Url(std::string_view text);

/// Every byte but `A-Z a-z 0-9 - _ . ~` becomes %XX, upper case: the unreserved characters of
/// RFC 3986, and what clients sign (docs/contract/signing.md section 2.2).
std::string PercentEncode(std::string_view text);
/// The same behind what `out` has.
void AppendPercentEncoded(std::string& out, std::string_view text);
/// Whether `text` is what they make of some text: then it is the only spelling there is.
bool IsPercentEncoded(std::string_view text);
/// %XX as bytes, in either case; what is no such escape stays as it is, and a '+' a '+'.
std::string PercentDecode(std::string_view text);
/// The same, with '+' as a blank: for queries and forms, and for the paths of the API.
std::string FormDecode(std::string_view text);

using NameValue = std::pair<std::string, std::string>;
/// A query, or the body of a form, decoded and in its order: pieces between '&', each split at its
/// first '=' (docs/contract/requests.md section 1, docs/contract/signing.md section 2.2). Empty
/// pieces are left out; without '=' the value is empty.
std::vector<NameValue> ParseQuery(std::string_view text);
/// "a=1&b=x%20y": in the given order, strictly encoded.
std::string EncodeQuery(const std::vector<NameValue>& pairs);

}  // namespace atelier
