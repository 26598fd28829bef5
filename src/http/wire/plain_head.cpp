#include "http/wire/plain_head.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"

namespace atelier::http {

namespace {

constexpr std::size_t kMaxHeaders = 256;
constexpr std::string_view kVersion = " HTTP/1.1";

enum Class : std::uint8_t { kToken = 1, kTarget = 2, kText = 4 };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = ' '; c < 0x7F; ++c) {
    const char byte = static_cast<char>(c);
    classes.at(c) = kText;
    if (c > ' ') classes.at(c) |= kTarget;
    if (IsAlnum(byte) || std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos)
      classes.at(c) |= kToken;
  }
  return classes;
}();

bool AllOf(std::string_view text, Class wanted) {
  std::uint8_t all = wanted;
  for (const char c : text) all &= kClasses[static_cast<unsigned char>(c)];
  return all != 0;
}

/// What the full parser has to see.
bool ChangesFraming(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"TE", "Expect", "Upgrade", "Trailer", "Connection", "Keep-Alive", "Content-Length",
       "Proxy-Connection", "Transfer-Encoding"});
  return std::ranges::any_of(kNames,
                             [&](std::string_view other) { return EqualsIgnoreCase(name, other); });
}

/// "GET /path HTTP/1.1"
bool ReadRequestLine(std::string_view line, ParsedHead& head) {
  if (!line.ends_with(kVersion)) return false;
  line.remove_suffix(kVersion.size());
  const std::size_t blank = line.find(' ');
  if (blank == 0 || blank == std::string_view::npos) return false;
  const std::string_view method = line.substr(0, blank);
  const std::string_view target = line.substr(blank + 1);
  // Of another form of target a part is not kept.
  if (!target.starts_with('/') || !AllOf(method, kToken) || !AllOf(target, kTarget)) return false;
  head.method = method;
  head.target = target;
  head.http_1_1 = true;
  return true;
}

bool ReadHeader(std::string_view line, ParsedHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 1);
  if (!AllOf(name, kToken) || !AllOf(value, kText) || ChangesFraming(name)) return false;
  head.headers.AddCopy(name, Trim(value));
  return true;
}

}  // namespace

std::size_t ReadPlainHead(std::string_view bytes, std::size_t limit, ParsedHead& head) {
  const std::string_view most = bytes.substr(0, limit);
  std::size_t at = 0;
  for (std::size_t lines = 0; lines <= kMaxHeaders + 1; ++lines) {
    const std::size_t end = most.find('\n', at);
    if (end == std::string_view::npos || end == at || most[end - 1] != '\r') return 0;
    const std::string_view line = most.substr(at, end - 1 - at);
    at = end + 1;
    if (lines == 0) {
      if (!ReadRequestLine(line, head)) return 0;
    } else if (line.empty()) {
      return at;
    } else if (lines > kMaxHeaders || !ReadHeader(line, head)) {
      return 0;
    }
  }
  return 0;
}

}  // namespace atelier::http
