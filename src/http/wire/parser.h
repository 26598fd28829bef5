#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace atelier::http {

/// What the head of one message says. `target`, which begins with its path, and header values are
/// the received bytes, unaltered (docs/contract/signing.md section 7).
struct ParsedHead {
  std::string method;  // requests
  std::string target;  // requests
  int status = 0;      // responses
  Headers headers;
  bool http_1_1 = true;
};

/// Splits HTTP/1 messages off a stream of bytes. Does no I/O: bytes go in, what they mean comes
/// out. Strict with requests, lenient with answers (http/wire/answer_head.h).
class MessageParser {
 public:
  enum class Kind : std::uint8_t { kRequest, kResponse };

  /// `head_limit`: bytes from the first line to the empty line.
  MessageParser(Kind kind, std::size_t head_limit);
  ~MessageParser();
  MessageParser(const MessageParser&) = delete;
  MessageParser& operator=(const MessageParser&) = delete;

  /// Forgets everything; the next byte begins a message. `bodiless`: it answers a HEAD request.
  void Reset(bool bodiless = false);

  /// `bytes`: all that was received and not yet used. Returns how many were used; ask
  /// head_complete(). InvalidArgument: not HTTP, or ambiguous framing; ResourceExhausted: over the
  /// limit, or more than 256 headers of a request, 1,000 of an answer.
  Result<std::size_t> PutHead(std::string_view bytes);
  bool head_complete() const;
  ParsedHead& head();

  struct BodyStep {
    std::size_t used = 0;    // of the bytes given
    std::size_t stored = 0;  // in `into`
  };
  /// The next part of the body. Nothing used and nothing stored: more bytes are needed.
  /// InvalidArgument: broken chunked framing.
  Result<BodyStep> PutBody(std::string_view bytes, std::span<char> into);
  /// The stream ended. InvalidArgument: in the middle of the message.
  Status PutEnd();
  /// The last byte of the message was used.
  bool complete() const;

  std::optional<std::uint64_t> content_length() const;  // after the head
  bool keep_alive() const;                              // as the sender wishes

 private:
  struct Impl;

  Result<std::size_t> PutRequestHead(std::string_view bytes);
  Result<std::size_t> PutAnswerHead(std::string_view bytes);

  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::http
