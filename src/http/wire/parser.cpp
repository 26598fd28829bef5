#include "http/wire/parser.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/ascii.h"
#include "http/wire/answer_head.h"
#include "http/wire/plain_head.h"

namespace atelier::http {

namespace beast = boost::beast;

namespace {

/// A legitimate client sends a few dozen; each costs us two strings.
constexpr std::size_t kMaxRequestHeaders = 256;
/// curl and node take thousands of a server.
constexpr std::size_t kMaxAnswerHeaders = 1'000;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

/// `target` without the "http://host" of the absolute-form, which a server must accept (RFC 9112
/// section 3.2.2). That host is looked at as little as Host's is.
void SetTarget(std::string& out, std::string_view target) {
  out = target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    out = target.substr(end);
    if (!out.starts_with('/')) out.insert(0, 1, '/');
    return;
  }
}

/// Beast's parser with its findings kept in our own types.
template <bool kIsRequest>
class Parser final : public beast::http::basic_parser<kIsRequest> {
 public:
  Parser(std::size_t head_limit, bool bodiless, ParsedHead& parsed) : head(parsed) {
    // In strict terms an answer's head is less than twice as long as it came.
    const std::size_t strict_limit = kIsRequest ? head_limit : 2 * head_limit + 64;
    this->header_limit(static_cast<std::uint32_t>(strict_limit));
    this->body_limit(boost::none);
    this->eager(false);
    this->skip(bodiless);
  }

  ParsedHead& head;
  std::span<char> into;
  std::size_t stored = 0;

  /// Beast looks at an empty chunked body again as more of it comes, and asserts that by then all
  /// five bytes of the shortest one are there. So it sees none before they are.
  bool MustWait(std::string_view body) const {
    return this->chunked() && !chunk_seen_ && body.size() < std::size("0\r\n\r\n") - 1 &&
           body.starts_with('0');
  }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, beast::error_code& ec) override {
    head.method = View(method);
    SetTarget(head.target, View(target));
    head.http_1_1 = version == 11;
    ec = {};
  }

  void on_response_impl(int code, beast::string_view, int version, beast::error_code& ec) override {
    head.status = code;
    head.http_1_1 = version == 11;
    ec = {};
  }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code& ec) override {
    ec = {};
    // Trailers of a chunked body come here too. Dropped: nobody may add headers to a request after
    // it was authenticated.
    if (head_done_) return;
    if (head.headers.entries().size() >= (kIsRequest ? kMaxRequestHeaders : kMaxAnswerHeaders)) {
      ec = beast::http::error::header_limit;
      return;
    }
    head.headers.AddCopy(View(name), View(value));
  }

  void on_header_impl(beast::error_code& ec) override {
    ec = {};
    head_done_ = true;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code& ec) override {
    ec = {};
  }

  std::size_t on_body_impl(beast::string_view body, beast::error_code& ec) override {
    ec = {};
    const std::size_t size = std::min(body.size(), into.size() - stored);
    std::copy_n(body.data(), size, into.data() + stored);
    stored += size;
    return size;
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code& ec) override {
    ec = {};
    chunk_seen_ = true;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code& ec) override {
    return on_body_impl(body, ec);
  }

  void on_finish_impl(beast::error_code& ec) override { ec = {}; }

  bool head_done_ = false;
  bool chunk_seen_ = false;
};

Error HeadError(const beast::error_code& ec) {
  if (ec == beast::http::error::header_limit) {
    return Error(Code::kResourceExhausted, "The request header is too large.");
  }
  if (ec == beast::http::error::bad_version) {
    return Error(Code::kInvalidArgument, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
  }
  return Error(Code::kInvalidArgument, "The request line or a header is malformed.");
}

/// RFC 9112 section 6.3: framing that two parties could read differently is refused, not guessed.
Status CheckFraming(const ParsedHead& head) {
  if (!head.headers.Has("Transfer-Encoding")) return Ok();
  if (!head.http_1_1 || head.headers.Has("Content-Length") ||
      !EqualsIgnoreCase(head.headers.Get("Transfer-Encoding"), "chunked")) {
    return Error(Code::kInvalidArgument, "The only Transfer-Encoding understood is chunked.");
  }
  return Ok();
}

/// RFC 9112 section 3.2: exactly one Host in HTTP/1.1. Its text is not looked at: some clients send
/// a scheme in it (docs/contract/signing.md section 2.8).
Status CheckHost(const ParsedHead& head) {
  const auto& entries = head.headers.entries();
  const auto hosts = std::count_if(entries.begin(), entries.end(), [](const auto& entry) {
    return EqualsIgnoreCase(entry.first, "Host");
  });
  if (hosts > 1 || (hosts == 0 && head.http_1_1)) {
    return Error(Code::kInvalidArgument, "A request has exactly one Host header.");
  }
  return Ok();
}

}  // namespace

struct MessageParser::Impl {
  Impl(Kind k, std::size_t limit) : kind(k), head_limit(limit) {}

  Kind kind;
  std::size_t head_limit;
  std::size_t head_bytes = 0;  // used; of an answer: seen
  bool is_fresh = true;        // no byte of it was looked at
  bool is_plain = false;       // a request that ReadPlainHead has read, as a whole
  std::string strict;          // of an answer
  ParsedHead head;             // here, so that its memory serves one message after the other
  std::variant<std::monostate, Parser<true>, Parser<false>> parser;

  template <class Fn>
  decltype(auto) Visit(Fn fn) {
    return kind == Kind::kRequest ? fn(*std::get_if<Parser<true>>(&parser))
                                  : fn(*std::get_if<Parser<false>>(&parser));
  }
};

MessageParser::MessageParser(Kind kind, std::size_t head_limit)
    : impl_(std::make_unique<Impl>(kind, head_limit)) {
  Reset();
}

MessageParser::~MessageParser() = default;

void MessageParser::Reset(bool bodiless) {
  impl_->head_bytes = 0;
  impl_->is_fresh = !bodiless;
  impl_->is_plain = false;
  impl_->head.headers.Clear();
  impl_->head.status = 0;
  if (impl_->kind == Kind::kRequest) {
    impl_->parser.emplace<Parser<true>>(impl_->head_limit, bodiless, impl_->head);
  } else {
    impl_->parser.emplace<Parser<false>>(impl_->head_limit, bodiless, impl_->head);
  }
}

Result<std::size_t> MessageParser::PutHead(std::string_view bytes) {
  return impl_->kind == Kind::kRequest ? PutRequestHead(bytes) : PutAnswerHead(bytes);
}

/// As a whole, once it is here: in terms that Beast takes.
Result<std::size_t> MessageParser::PutAnswerHead(std::string_view bytes) {
  const std::size_t size = SizeOfAnswerHead(bytes, std::exchange(impl_->head_bytes, bytes.size()));
  if (size > impl_->head_limit || (size == 0 && bytes.size() > impl_->head_limit))
    return HeadError(beast::http::error::header_limit);
  if (size == 0) return 0;
  impl_->strict.clear();
  ATELIER_RETURN_IF_ERROR(AppendStrictAnswerHead(bytes.substr(0, size), impl_->strict));
  auto& parser = *std::get_if<Parser<false>>(&impl_->parser);
  beast::error_code ec;
  parser.put({impl_->strict.data(), impl_->strict.size()}, ec);
  if (ec && ec != beast::http::error::need_more) return HeadError(ec);
  return size;
}

Result<std::size_t> MessageParser::PutRequestHead(std::string_view bytes) {
  if (std::exchange(impl_->is_fresh, false)) {
    if (const std::size_t used = ReadPlainHead(bytes, impl_->head_limit, impl_->head); used > 0) {
      impl_->is_plain = true;
      ATELIER_RETURN_IF_ERROR(CheckHost(impl_->head));
      return used;
    }
    impl_->head.headers.Clear();
  }
  auto& parser = *std::get_if<Parser<true>>(&impl_->parser);
  beast::error_code ec;
  const std::size_t used = parser.put({bytes.data(), bytes.size()}, ec);
  impl_->head_bytes += used;
  if (ec && ec != beast::http::error::need_more) return HeadError(ec);
  // Beast's own limit starts anew with each piece of the head that arrives.
  const std::size_t pending = ec ? bytes.size() - used : 0;
  if (impl_->head_bytes + pending > impl_->head_limit)
    return HeadError(beast::http::error::header_limit);
  if (parser.is_header_done()) {
    ATELIER_RETURN_IF_ERROR(CheckFraming(parser.head));
    ATELIER_RETURN_IF_ERROR(CheckHost(parser.head));
  }
  return used;
}

bool MessageParser::head_complete() const {
  return impl_->is_plain || impl_->Visit([](auto& parser) { return parser.is_header_done(); });
}

ParsedHead& MessageParser::head() { return impl_->head; }

Result<MessageParser::BodyStep> MessageParser::PutBody(std::string_view bytes,
                                                       std::span<char> into) {
  if (impl_->is_plain) return BodyStep();  // it has none
  return impl_->Visit([&](auto& parser) -> Result<BodyStep> {
    BodyStep step;
    parser.into = into;
    parser.stored = 0;
    if (parser.MustWait(bytes)) return step;
    while (!parser.is_done() && step.used < bytes.size() && parser.stored < into.size()) {
      beast::error_code ec;
      step.used += parser.put({bytes.data() + step.used, bytes.size() - step.used}, ec);
      if (ec == beast::http::error::need_more) break;
      if (ec) return Error(Code::kInvalidArgument, "The chunked framing of the body is broken.");
    }
    step.stored = parser.stored;
    return step;
  });
}

Status MessageParser::PutEnd() {
  if (impl_->is_plain) return Ok();
  return impl_->Visit([](auto& parser) -> Status {
    beast::error_code ec = beast::http::error::partial_message;
    if (parser.got_some() && !parser.is_done()) parser.put_eof(ec);
    if (ec) return Error(Code::kInvalidArgument, "The message ends too early.");
    return Ok();
  });
}

bool MessageParser::complete() const {
  return impl_->is_plain || impl_->Visit([](auto& parser) { return parser.is_done(); });
}

std::optional<std::uint64_t> MessageParser::content_length() const {
  if (impl_->is_plain) return std::nullopt;
  return impl_->Visit([](auto& parser) -> std::optional<std::uint64_t> {
    const auto length = parser.content_length();
    if (!length) return std::nullopt;
    return *length;
  });
}

bool MessageParser::keep_alive() const {
  return impl_->is_plain || impl_->Visit([](auto& parser) { return parser.keep_alive(); });
}

}  // namespace atelier::http
