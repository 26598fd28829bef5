// rooms: http
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "http/message.h"
#include "http/wire/parser.h"

namespace {

namespace http = atelier::http;

struct Outcome {
  bool good = false;
  std::string text;  // what was understood
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// One message, arriving in pieces of `step` bytes.
Outcome Parse(http::MessageParser::Kind kind, std::string_view bytes, std::size_t step) {
  http::MessageParser parser(kind, 4096);
  std::string pending;
  std::string body;
  std::array<char, 32> piece;
  while (!parser.complete()) {
    if (bytes.empty()) {
      if (!parser.PutEnd()) return {};
      break;
    }
    pending += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    if (!parser.head_complete()) {
      const auto used = parser.PutHead(pending);
      if (!used) return {};
      pending.erase(0, *used);
    }
    while (parser.head_complete() && !parser.complete() && !pending.empty()) {
      const auto got = parser.PutBody(pending, piece);
      if (!got) return {};
      if (got->used == 0 && got->stored == 0) break;
      if (got->stored > piece.size() || got->used > pending.size()) std::abort();
      body.append(piece.data(), got->stored);
      pending.erase(0, got->used);
    }
  }
  const http::ParsedHead& head = parser.head();
  Outcome outcome{.good = true, .text = head.method + " " + head.target + "\n"};
  outcome.text += std::to_string(head.status) + (parser.keep_alive() ? " kept\n" : "\n");
  for (const auto& [name, value] : head.headers.entries())
    outcome.text += name + "=" + value + "\n";
  outcome.text += body;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto kind = (data[0] & 1U) != 0 ? http::MessageParser::Kind::kRequest
                                        : http::MessageParser::Kind::kResponse;
  const std::size_t step = 1 + data[1] % 64U;
  const std::string text(data + 2, data + size);

  // How the network cuts the bytes must not change what they mean. What comes at once mostly takes
  // a short way (http/wire/plain_head.h), what comes byte by byte never does.
  const Outcome whole = Parse(kind, text, text.size() + 1);
  if (whole != Parse(kind, text, step) || whole != Parse(kind, text, 1)) std::abort();

  if (atelier::PercentDecode(atelier::PercentEncode(text)) != text) std::abort();
  if (atelier::FormDecode(text).size() > text.size()) std::abort();

  const http::RequestHead head{.target = text};
  if (head.path().size() + head.query().size() > text.size()) std::abort();
  return 0;
}
