#include "identity/signing/percent.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace atelier::identity {

namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  for (const char c : kPlain) table.at(static_cast<unsigned char>(c)) = true;
  return table;
}();

/// Calls `each` with the pieces of `text` between separators, empty ones included.
template <class Each>
void Split(std::string_view text, char separator, Each each) {
  while (true) {
    const std::size_t end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string PercentDecode(std::string_view text, bool plus_is_blank) {
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
    out += text[i] == '+' && plus_is_blank ? ' ' : text[i];
  }
  return out;
}

void AppendEncoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (kUnreserved[byte]) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendEncoded(out, text);
  return out;
}

std::vector<NameValue> ParseQuery(std::string_view raw) {
  std::vector<NameValue> pairs;
  Split(raw, '&', [&](std::string_view piece) {
    if (piece.empty()) return;
    const std::size_t equals = piece.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
    pairs.emplace_back(PercentDecode(piece.substr(0, equals), true), PercentDecode(value, true));
  });
  return pairs;
}

std::string ReencodePath(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  bool first = true;
  Split(path, '/', [&](std::string_view piece) {
    if (!first) out += '/';
    first = false;
    AppendEncoded(out, PercentDecode(piece, false));
  });
  return out;
}

std::string ReplaceLikeClients(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += "%20";
    } else if (text[i] == '*') {
      out += "%2A";
    } else if (text.substr(i, 3) == "%7E") {
      out += '~';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void SortByName(std::vector<NameValue>& pairs) {
  if (std::ranges::is_sorted(pairs, {}, &NameValue::first)) return;
  // Not std::stable_sort: libstdc++ 12's uses a function that C++17 deprecated, an error here.
  std::vector<std::size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const int names = pairs[a].first.compare(pairs[b].first);
    return names != 0 ? names < 0 : a < b;
  });
  std::vector<NameValue> sorted;
  sorted.reserve(pairs.size());
  for (const std::size_t at : order) sorted.push_back(std::move(pairs[at]));
  pairs = std::move(sorted);
}

}  // namespace atelier::identity
