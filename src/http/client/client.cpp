#include "http/client.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <variant>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/text.h"
#include "http/client/connector.h"
#include "http/client/pool.h"
#include "http/io/buffer.h"
#include "http/wire/head.h"
#include "http/wire/parser.h"

namespace atelier::http {

namespace {

constexpr std::size_t kMaxHead = 64U << 10U;
constexpr std::size_t kMaxChunkFraming = 16U << 10U;
constexpr std::size_t kHeadRead = 8U << 10U;  // most answers are smaller as a whole
constexpr std::size_t kBodyRead = 32U << 10U;
constexpr int kMaxInterim = 8;  // 1xx answers before the real one
/// An answer that comes sooner is waited for without a look at whom it is for: that would cost
/// every request a second wait.
constexpr Duration kSoon{100};

std::string KeyOf(const Address& address) {
  if (!address.unix_path.empty()) return address.unix_path;
  return address.host + '|' + std::to_string(address.port) + (address.tls ? "|tls|" : "|") +
         address.tls_ca;
}

bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "DELETE" ||
         method == "PUT";
}

/// Shared by its exchanges, which may outlive the client.
struct ClientCore {
  Pool pool;
  Connector connector;
  Clock& clock;
};

/// Cancelled: `given_up` came first.
template <class T>
Task<T> Unless(GivenUp given_up, Task<T> wait) {
  using asio::experimental::awaitable_operators::operator||;
  auto first = co_await (std::move(wait) || given_up());
  if (T* done = std::get_if<0>(&first)) co_return std::move(*done);
  co_return Error(Code::kCancelled, "The request was cancelled: its sender no longer waits.");
}

class ExchangeImpl final : public ClientExchange {
 public:
  ExchangeImpl(std::shared_ptr<ClientCore> core, Address address, const RequestHead& head,
               const BodyStart& body, GivenUp given_up)
      : core_(std::move(core)),
        given_up_(std::move(given_up)),
        address_(std::move(address)),
        key_(KeyOf(address_)),
        parser_(MessageParser::Kind::kResponse, kMaxHead),
        bodiless_(head.method == "HEAD"),
        repeatable_(!body.has_body && IsIdempotent(head.method)),
        written_(!body.has_body || body.whole),
        watched_(given_up_ && written_) {
    const Framing framing = FramingOf(head, body);
    chunked_ = framing.chunked;
    AppendRequestHead(request_, head.method, head.target, head.headers, framing);
    if (chunked_ && !body.first.empty()) AppendChunkSize(request_, body.first.size());
  }

  /// `first`: of the body.
  Task<Status> Start(std::string_view first, Deadline by) {
    const Pieces all{request_, first, chunked_ && !first.empty() ? "\r\n" : ""};
    transport_ = core_->pool.Take(key_, !repeatable_);
    reused_ = transport_ != nullptr;
    if (reused_) {
      const Status sent = co_await Put(all, by);
      // Not all of this has left, so it may still move to a fresh connection.
      if (sent || sent.error().code() == Code::kDeadlineExceeded) co_return sent;
    }
    co_return co_await StartFresh(all, by);
  }

  Task<Status> WriteSome(std::span<const char> data, Deadline by) override {
    if (data.empty()) co_return Ok();  // an empty chunk would end the body
    const std::string_view bytes(data.data(), data.size());
    if (!chunked_) co_return co_await Put({bytes}, by);
    chunk_.clear();
    AppendChunkSize(chunk_, bytes.size());
    co_return co_await Put({chunk_, bytes, "\r\n"}, by);
  }

  Task<Status> FinishBody(Deadline by) override {
    if (chunked_) ATELIER_CO_RETURN_IF_ERROR(co_await Put({"0\r\n\r\n"}, by));
    written_ = true;
    ReleaseIfDone();
    co_return Ok();
  }

  Task<Result<ResponseHead>> ReadHead(Deadline by) override {
    auto head = co_await ReadOneHead(by);
    if (!head && Lost(head.error())) {
      ATELIER_CO_RETURN_IF_ERROR(co_await StartFresh({request_}, by));
      head = co_await ReadOneHead(by);
    }
    for (int interim = 0; head && head->status / 100 == 1 && head->status != 101; ++interim) {
      if (interim == kMaxInterim) co_return NotHttp();
      head = co_await ReadOneHead(by);
    }
    co_return head;
  }

  Result<bool> TakeArrived(std::string& body) override {
    while (!parser_.complete() && !in_.empty()) {
      const std::size_t before = body.size();
      body.resize(before + in_.size());
      const auto step = parser_.PutBody(in_.view(), {body.data() + before, in_.size()});
      body.resize(before + (step ? step->stored : 0));
      if (!step) return NotHttp();
      in_.Consume(step->used);
      if (step->used == 0) break;
    }
    ReleaseIfDone();
    return parser_.complete();
  }

  Task<Result<std::size_t>> ReadSome(std::span<char> into, Deadline by) override {
    while (!parser_.complete()) {
      if (!in_.empty()) {
        const auto step = parser_.PutBody(in_.view(), into);
        if (!step) co_return NotHttp();
        in_.Consume(step->used);
        if (step->stored > 0) co_return step->stored;
        if (parser_.complete()) break;
        if (in_.size() >= kMaxChunkFraming) co_return NotHttp();
      }
      ATELIER_CO_TRY(const std::size_t size, co_await Fill(kBodyRead, by));
      if (size == 0 && !parser_.PutEnd()) {
        co_return Error(Code::kUnavailable, "The upstream closed in the middle of its answer.");
      }
    }
    ReleaseIfDone();
    co_return 0;
  }

  std::unique_ptr<ByteStream> TakeStream() override {
    std::shared_ptr<Transport> transport = std::move(transport_);
    return MakeUpgradedStream(std::move(transport), std::string(in_.view()));
  }

 private:
  static Error NotHttp() {
    return Error(Code::kInvalidArgument, "The upstream's answer is not HTTP.");
  }
  static Framing FramingOf(const RequestHead& head, const BodyStart& body) {
    Framing framing{.upgrade = head.headers.Has("Upgrade")};
    if (body.whole) {
      framing.content_length = body.first.size();
    } else if (body.has_body) {
      const auto size = ParseNumber<std::uint64_t>(head.headers.Get("Content-Length"));
      framing.chunked = !size;
      if (size) framing.content_length = *size;
    } else if (head.method == "POST" || head.method == "PUT" || head.method == "PATCH") {
      framing.content_length = 0;
    }
    return framing;
  }

  static Error Gone() { return Error(Code::kUnavailable, "The exchange is over."); }

  /// Whether a kept-alive connection failed in the way that a fresh one would not.
  bool Lost(const Error& error) const {
    return reused_ && repeatable_ && !heard_ && error.code() == Code::kUnavailable;
  }

  Task<Status> StartFresh(Pieces all, Deadline by) {
    reused_ = false;
    in_ = Buffer();
    auto connecting = core_->connector.Connect(address_, by);
    if (given_up_) connecting = Unless(given_up_, std::move(connecting));
    ATELIER_CO_TRY(transport_, co_await std::move(connecting));
    co_return co_await Put(all, by);
  }

  Task<Status> Put(Pieces pieces, Deadline by) {
    if (!transport_) co_return Gone();
    Advance(pieces, transport_->WriteNow(pieces));
    if (TotalSize(pieces) == 0) co_return Ok();
    if (given_up_) co_return co_await Unless(given_up_, transport_->WriteAll(pieces, by));
    co_return co_await transport_->WriteAll(pieces, by);
  }

  Task<Result<std::size_t>> Fill(std::size_t room, Deadline by) {
    if (!transport_) co_return Gone();
    const Deadline soon = watched_ ? std::min(by, core_->clock.In(kSoon)) : by;
    auto size = co_await transport_->Read(in_.Prepare(room), soon);
    if (!size && size.error().code() == Code::kDeadlineExceeded && soon < by)
      size = co_await Unless(given_up_, transport_->Read(in_.Prepare(room), by));
    if (size) in_.Commit(*size);
    co_return size;
  }

  Task<Result<ResponseHead>> ReadOneHead(Deadline by) {
    parser_.Reset(bodiless_);
    while (true) {
      if (!in_.empty()) {
        heard_ = true;
        const auto used = parser_.PutHead(in_.view());
        if (!used) co_return NotHttp();
        in_.Consume(*used);
        if (parser_.head_complete()) break;
      }
      ATELIER_CO_TRY(const std::size_t size, co_await Fill(kHeadRead, by));
      if (size == 0) co_return Error(Code::kUnavailable, "The upstream closed without an answer.");
    }
    ParsedHead& parsed = parser_.head();
    co_return ResponseHead{.status = parsed.status, .headers = std::move(parsed.headers)};
  }

  /// Both ways are done: the connection serves the next request, if both sides want that.
  void ReleaseIfDone() {
    const bool answered = parser_.complete() && parser_.head().status >= 200;
    if (!transport_ || !written_ || !answered) return;
    if (parser_.keep_alive() && in_.empty()) core_->pool.Give(key_, std::move(transport_));
    transport_.reset();
  }

  std::shared_ptr<ClientCore> core_;
  GivenUp given_up_;
  Address address_;
  std::string key_;
  std::string request_;  // its head, kept for a repetition
  std::string chunk_;
  std::unique_ptr<Transport> transport_;  // null: given back
  Buffer in_;
  MessageParser parser_;
  bool bodiless_;  // the answer has a head only
  bool repeatable_;
  bool written_;  // the whole request is out
  bool watched_;  // given_up_ ends waits for the answer; it reads where more of the body comes from
  bool chunked_ = false;
  bool reused_ = false;  // the connection served before
  bool heard_ = false;   // a byte of the answer came
};

class ClientImpl final : public Client {
 public:
  ClientImpl(Options options, asio::any_io_executor io, Clock& clock) {
    const auto dog = std::make_shared<Watchdog>(io, clock);
    core_ = std::shared_ptr<ClientCore>(new ClientCore{
        .pool = Pool(options, dog), .connector = Connector(std::move(io), dog), .clock = clock});
  }
  ~ClientImpl() override { core_->pool.Close(); }
  ClientImpl(const ClientImpl&) = delete;
  ClientImpl& operator=(const ClientImpl&) = delete;

  Task<Result<std::unique_ptr<ClientExchange>>> Open(Address address, RequestHead head,
                                                     BodyStart body, Deadline by,
                                                     GivenUp given_up) override {
    auto exchange =
        std::make_unique<ExchangeImpl>(core_, std::move(address), head, body, std::move(given_up));
    ATELIER_CO_RETURN_IF_ERROR(co_await exchange->Start(body.first, by));
    co_return std::unique_ptr<ClientExchange>(std::move(exchange));
  }

  Task<Result<Response>> Fetch(Address address, RequestHead head, std::string body,
                               std::size_t limit, Deadline by) override {
    const BodyStart start{.has_body = !body.empty(), .first = body, .whole = !body.empty()};
    ATELIER_CO_TRY(const auto exchange,
                   co_await Open(std::move(address), std::move(head), start, by, {}));
    ATELIER_CO_TRY(ResponseHead answer, co_await exchange->ReadHead(by));
    Response response{.status = answer.status, .headers = std::move(answer.headers), .body = {}};
    std::array<char, 4096> piece;
    while (true) {
      ATELIER_CO_TRY(const std::size_t size, co_await exchange->ReadSome(piece, by));
      if (size == 0) co_return response;
      if (response.body.size() + size > limit) {
        co_return Error(Code::kResourceExhausted, "The upstream's answer is too large.");
      }
      response.body.append(piece.data(), size);
    }
  }

 private:
  std::shared_ptr<ClientCore> core_;
};

}  // namespace

Address AddressOf(const WebOrigin& origin) {
  std::string host = origin.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {.host = std::move(host), .port = origin.port, .tls = origin.scheme == "https"};
}

std::unique_ptr<Client> MakeClient(Client::Options options, asio::any_io_executor io,
                                   Clock& clock) {
  return std::make_unique<ClientImpl>(options, std::move(io), clock);
}

}  // namespace atelier::http
