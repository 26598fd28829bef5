#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"
#include "base/text.h"

namespace atelier {

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    const char c = static_cast<char>(byte);
    table.at(byte) = IsAlnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
  }
  return table;
}();

/// -1: not a hexadecimal digit.
int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = ToLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string Decode(std::string_view text, bool plus_is_blank) {
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  if (!has('%') && !(plus_is_blank && has('+'))) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

}  // namespace

std::string Hex(std::span<const std::uint8_t> bytes) {
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (const std::uint8_t byte : bytes) {
    *at++ = kHexDigits[byte >> 4U];
    *at++ = kHexDigits[byte & 15U];
  }
  return out;
}

std::string Base64(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < have ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? kBase64[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return out;
}

std::optional<std::string> FromBase64(std::string_view text, StrayBits stray) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  if (stray == StrayBits::kRefused && (bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  return out;
}

std::string Base64Url(std::span<const std::uint8_t> bytes) {
  std::string out = Base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return FromBase64(padded);
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendPercentEncoded(out, text);
  return out;
}

void AppendPercentEncoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (kUnreserved[byte]) {
      out += c;
    } else {
      out += '%';
      out += kUpperHexDigits[byte >> 4U];
      out += kUpperHexDigits[byte & 15U];
    }
  }
}

bool IsPercentEncoded(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kUnreserved[static_cast<std::uint8_t>(text[i])]) continue;
    if (text[i] != '%' || i + 2 >= text.size()) return false;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0 || IsLower(text[i + 1]) || IsLower(text[i + 2])) return false;
    if (kUnreserved[static_cast<std::size_t>(high) * 16 + static_cast<std::size_t>(low)])
      return false;
    i += 2;
  }
  return true;
}

std::string PercentDecode(std::string_view text) { return Decode(text, false); }
std::string FormDecode(std::string_view text) { return Decode(text, true); }

std::vector<NameValue> ParseQuery(std::string_view text) {
  std::vector<NameValue> pairs;
  if (text.empty()) return pairs;
  // Most have a few, and who sends nothing but separators gets no room for them.
  static constexpr std::ptrdiff_t kExpected = 16;
  pairs.reserve(static_cast<std::size_t>(std::min(std::ranges::count(text, '&') + 1, kExpected)));
  for (const std::string_view piece : Split(text, '&')) {
    if (piece.empty()) continue;
    const Halves pair = Cut(piece, '=');
    pairs.emplace_back(FormDecode(pair.before), FormDecode(pair.after));
  }
  return pairs;
}

std::string EncodeQuery(const std::vector<NameValue>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    AppendPercentEncoded(out, name);
    out += '=';
    AppendPercentEncoded(out, value);
  }
  return out;
}

}  // namespace atelier
