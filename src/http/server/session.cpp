#include "http/server/session.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/another_loop.h"
#include "base/text.h"
#include "http/server/relay.h"

namespace atelier::http {

namespace {

constexpr std::size_t kHeadRead = 4U << 10U;
constexpr std::size_t kBodyRead = 32U << 10U;
/// Of receive buffer for a connection between two requests; there may be ten thousand.
constexpr std::size_t kIdleBuffer = 8U << 10U;
/// A chunk's size line or its trailers; far above what anybody sends.
constexpr std::size_t kMaxChunkFraming = 16U << 10U;
/// Received of a client's next requests while the answer to one is awaited.
constexpr std::size_t kMaxAhead = 64U << 10U;
/// Whether a client that sent more than that is still there is looked at so often.
constexpr Duration kPollForEnd{1'000};
/// Of answer buffer that the server keeps between two answers.
constexpr std::size_t kMaxSpareBody = 512U << 10U;
/// For the peer to read our last answer before the connection goes.
constexpr Duration kGoodbye{2'000};

Error TooLarge() { return Error(Code::kResourceExhausted, "The request body is too large."); }

/// A handler may be a function that chooses, and runs where it is called.
Task<bool> HandleAtHome(Handler& handler, Exchange& exchange) {
  co_await handler.Handle(exchange);
  co_return true;
}

}  // namespace

Error AnsweredTwice() { return Error(Code::kInternal, "The request was answered already."); }

Seat::Seat(std::shared_ptr<ServerCore> core, std::string_view source, bool overloaded)
    : core_(std::move(core)),
      sitter_(std::make_shared<Sitter>()),
      leave_([sitter = sitter_, io = core_->io] {
        // At once where it is this thread's.
        asio::dispatch(io, [sitter] {
          sitter->left = true;
          if (sitter->session != nullptr) sitter->session->Close();
        });
      }),
      place_(overloaded ? core_->shared->porch : core_->shared->places, source, leave_),
      overloaded_(overloaded) {
  ++core_->seated;
}

void Seat::Sit(Session* session) {
  sitter_->session = session;
  if (session != nullptr && sitter_->left) session->Close();
}

Session::Session(std::unique_ptr<Seat> seat, Socket socket, Ends ends)
    : seat_(std::move(seat)),
      core_(seat_->core()),
      pass_(core_->gate.Enter()),
      place_(seat_->place()),
      parser_(MessageParser::Kind::kRequest, options().max_header_bytes),
      tls_(core_->tls != nullptr && !ends.inside),
      overloaded_(seat_->overloaded()) {
  transport_ = tls_ ? MakeTlsServerTransport(std::move(socket), core_->tls, core_->watchdog)
                    : MakePlainTransport(std::move(socket), core_->watchdog);
  core_->sessions.insert(this);
  head_.inside = ends.inside;
  peer_ = std::move(ends.peer);
  head_.own_address = std::move(ends.own);
  seat_->Sit(this);
}

Session::~Session() {
  seat_->Sit(nullptr);
  core_->sessions.erase(this);
}

Task<void> Session::Run(std::unique_ptr<Session> self) { co_await self->Serve(); }

Task<void> Session::Serve() {
  place_.Set(Places::Doing::kNothingYet);
  if (tls_) {
    const Deadline by = In(overloaded_ ? kGoodbye : options().header_timeout);
    const Status ready = co_await transport_->Handshake(by);
    if (!ready) co_return transport_->Close();
  }
  while (co_await ReceiveHead()) {
    co_await Answer();
    if (answer_ == Progress::kUpgraded) co_return;
    if (answer_ == Progress::kNone && !given_up_ &&
        core_->shared->sampler.Admit("http_no_answer")) {
      core_->shared->log.Warn("http_no_answer", {{"method", head_.method}, {"path", head_.path()}});
    }
    if (answer_ != Progress::kDone || broken_) break;
    if (!keep_) co_return co_await Goodbye();
  }
  transport_->Close();
}

Task<void> Session::Answer() {
  return core_->at_home() ? core_->shared->handler.Handle(*this) : AnswerFromAfar();
}

Task<void> Session::AnswerFromAfar() {
  Handler& handler = core_->shared->handler;
  if (auto response = handler.AnswerAtOnce(*this, core_->loop)) {
    // A client that left before its answer is no fault of ours.
    static_cast<void>(co_await Send(*std::move(response)));
    co_return;
  }
  Relay relay(*this, core_->io);
  co_await AwaitOn(core_->shared->home, HandleAtHome(handler, relay));
  co_await relay.Release();
}

Task<bool> Session::ReceiveHead() {
  // A connection is idle until the first byte of a request, be it its first or not.
  const Places::Doing idle =
      answer_ == Progress::kNone ? Places::Doing::kNothingYet : Places::Doing::kPause;
  parser_.Reset();
  answer_ = Progress::kNone;
  in_.Shrink(kIdleBuffer);
  bool begun = false;
  // One too many is not waited for: its place is for telling the next one.
  Deadline by = In(overloaded_ ? kGoodbye : options().idle_timeout);
  while (true) {
    // Some clients end a body with a line break that is not part of it (RFC 9112 section 2.2).
    while (!begun && !in_.empty() && (in_.view()[0] == '\r' || in_.view()[0] == '\n')) {
      in_.Consume(1);
    }
    if (!in_.empty()) {
      const auto used = parser_.PutHead(in_.view());
      if (!used) {
        co_await Refuse(used.error());
        co_return false;
      }
      in_.Consume(*used);
      if (parser_.head_complete()) break;
      if (!std::exchange(begun, true)) by = In(overloaded_ ? kGoodbye : options().header_timeout);
    }
    if (core_->shared->stopping && !begun) co_return false;
    place_.Set(begun ? Places::Doing::kSlowAsk : idle);
    const auto size = co_await transport_->Read(in_.Prepare(kHeadRead), by);
    if (!size && size.error().code() == Code::kDeadlineExceeded && begun) {
      co_await Refuse(Error(Code::kDeadlineExceeded, "The request took too long to arrive."));
    }
    if (!size || *size == 0) co_return false;
    in_.Commit(*size);
  }
  place_.Set(Places::Doing::kWork);
  BeginRequest();
  if (overloaded_ && !core_->shared->handler.AnswersWhenFull(head_)) {
    co_await Refuse(Error(Code::kUnavailable, "Too many connections. Try again later."));
    co_return false;
  }
  co_return true;
}

void Session::BeginRequest() {
  ParsedHead& parsed = parser_.head();
  // Swapped, not moved: the memory of this request serves the one after the next.
  std::swap(head_.method, parsed.method);
  std::swap(head_.target, parsed.target);
  std::swap(head_.headers, parsed.headers);
  head_.source_ip = peer_;
  head_.tls = tls_;
  options().trusted_proxies.Apply(head_);
  framing_ = {};
  unsent_.reset();
  http_1_1_ = parsed.http_1_1;
  wants_close_ = !http_1_1_ || !parser_.keep_alive() || overloaded_;
  awaits_continue_ = http_1_1_ && !parser_.complete() &&
                     EqualsIgnoreCase(head_.headers.Get("Expect"), "100-continue");
}

Task<void> Session::Goodbye() {
  leaving_ = true;
  place_.Set(Places::Doing::kPause);
  return transport_->Goodbye(In(kGoodbye));
}

Task<void> Session::Refuse(Error error) {
  place_.Set(Places::Doing::kWork);
  Response response = core_->shared->handler.Refuse(error);
  out_.clear();
  AppendResponseHead(out_, response.status, response.headers,
                     {.content_length = response.body.size(), .close = true},
                     core_->date.At(core_->shared->clock.Wall()));
  const Status sent = co_await Put({out_, response.body});
  if (sent) co_await Goodbye();
}

Task<Result<std::size_t>> Session::ReadPiece(std::span<char> into, Deadline by) {
  if (parser_.complete()) co_return 0;
  if (std::exchange(awaits_continue_, false) && in_.empty() && answer_ == Progress::kNone) {
    ATELIER_CO_RETURN_IF_ERROR(co_await Put({"HTTP/1.1 100 Continue\r\n\r\n"}));
  }
  while (true) {
    if (!in_.empty()) {
      ATELIER_CO_TRY(const auto step, parser_.PutBody(in_.view(), into));
      in_.Consume(step.used);
      if (step.stored > 0 || parser_.complete()) co_return step.stored;
      if (in_.size() >= kMaxChunkFraming) {
        co_return Error(Code::kInvalidArgument, "The chunked framing of the body is broken.");
      }
    }
    ATELIER_CO_TRY(const std::size_t size, co_await transport_->Read(in_.Prepare(kBodyRead), by));
    if (size == 0) co_return Error(Code::kUnavailable, "The client is gone.");
    in_.Commit(size);
  }
}

Task<Result<std::size_t>> Session::ReadSome(std::span<char> into) {
  // Ends also when the read is cancelled, which is an exception here.
  class Reading {
   public:
    explicit Reading(bool& flag) : flag_(flag) { flag_ = true; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { flag_ = false; }

   private:
    bool& flag_;
  };
  const Reading reading(reading_);
  co_return co_await ReadPiece(into, In(options().body_timeout));
}

Task<Result<std::string>> Session::ReadBody(std::size_t limit) {
  return ReadBodyBy(limit, In(options().body_timeout));
}

Task<Result<std::string>> Session::ReadBodyBy(std::size_t limit, Deadline by) {
  const std::uint64_t promised = parser_.content_length().value_or(0);
  if (promised > limit) co_return TooLarge();
  std::string body;
  std::size_t size = 0;
  while (!parser_.complete()) {
    // One byte more than allowed, so that a body over the limit shows.
    body.resize(std::min(limit + 1, std::max<std::size_t>(promised, size + kBodyRead)));
    ATELIER_CO_TRY(const std::size_t piece,
                   co_await ReadPiece({body.data() + size, body.size() - size}, by));
    size += piece;
    if (size > limit) co_return TooLarge();
  }
  body.resize(size);
  co_return body;
}

Task<void> Session::GivenUp() {
  while (in_.size() < kMaxAhead) {
    const auto size = co_await transport_->Read(in_.Prepare(kHeadRead), kNever);
    if (!size && (co_await asio::this_coro::cancellation_state).cancelled() !=
                     asio::cancellation_type::none) {
      co_return;  // the wait is over, not the client
    }
    if (!size || *size == 0) {
      given_up_ = true;
      co_return;
    }
    in_.Commit(*size);
  }
  while (!transport_->PeerEnded()) co_await core_->shared->clock.Sleep(kPollForEnd);
  given_up_ = true;
}

void Session::SkipReceivedBody() {
  std::array<char, 1024> scrap;
  // What a client holds back for a 100 Continue that it never got may come or not: nobody can tell.
  while (!reading_ && !awaits_continue_ && !parser_.complete() && !in_.empty()) {
    const auto step = parser_.PutBody(in_.view(), scrap);
    if (!step || step->used == 0) return;
    in_.Consume(step->used);
  }
}

Task<Status> Session::Put(Pieces pieces) {
  Advance(pieces, transport_->WriteNow(pieces));
  if (TotalSize(pieces) == 0) co_return Ok();
  co_return co_await Rest(pieces);
}

Task<Status> Session::PutLast(Pieces pieces) {
  // Before the client has it: they may ask anew at once, on a connection of another loop.
  place_.Set(Places::Doing::kPause);
  return Put(pieces);
}

Task<Status> Session::Rest(Pieces pieces) {
  const Places::Doing before = place_.doing();
  place_.Set(Places::Doing::kSlowTake);
  Status written = co_await transport_->WriteAll(pieces, In(options().write_timeout));
  place_.Set(before);
  broken_ = broken_ || !written;
  co_return written;
}

Task<Status> Session::Send(Response response) {
  if (answer_ != Progress::kNone) co_return AnsweredTwice();
  SkipReceivedBody();
  keep_ = !wants_close_ && !core_->shared->stopping && parser_.complete();
  framing_ = {.close = !keep_};
  if (!HasNoBody(response.status)) framing_.content_length = response.content().size();
  out_.clear();
  AppendResponseHead(out_, response.status, response.headers, framing_,
                     core_->date.At(core_->shared->clock.Wall()));
  answer_ = Progress::kDone;
  place_.Set(Places::Doing::kPause);  // as in PutLast
  const bool head_only = head_.method == "HEAD" || HasNoBody(response.status);
  Pieces pieces{out_, head_only ? std::string_view() : response.content()};
  // Nearly always the kernel takes it all: no further coroutine then.
  Advance(pieces, transport_->WriteNow(pieces));
  Status sent = Ok();
  if (TotalSize(pieces) > 0) sent = co_await Rest(pieces);
  Keep(std::move(response));
  co_return sent;
}

Response Session::Spare() { return std::exchange(core_->spare, {}); }

void Session::Keep(Response used) {
  const std::size_t capacity = used.body.capacity();
  if (capacity > kMaxSpareBody || capacity < core_->spare.body.capacity())
    used.body = std::move(core_->spare.body);
  used.body.clear();
  used.headers.Clear();
  core_->spare = {.status = 200, .headers = std::move(used.headers), .body = std::move(used.body)};
}

Task<Status> Session::Begin(ResponseHead head) {
  if (answer_ != Progress::kNone) co_return AnsweredTwice();
  // The handler may read the rest of the body while it answers; Finish sees whether it did.
  keep_ = !wants_close_ && !core_->shared->stopping;
  framing_ = {};
  if (const auto size = ParseNumber<std::uint64_t>(head.headers.Get("Content-Length"))) {
    framing_.content_length = size;
  } else if (!HasNoBody(head.status)) {
    // To an HTTP/1.0 client the end of the connection is the end of the body.
    framing_.chunked = http_1_1_;
    keep_ = keep_ && http_1_1_;
  }
  unsent_ = SizeOfBody(head_, head);
  framing_.close = !keep_;
  out_.clear();
  AppendResponseHead(out_, head.status, head.headers, framing_,
                     core_->date.At(core_->shared->clock.Wall()));
  answer_ = Progress::kStreaming;
  co_return co_await (unsent_ == 0U ? PutLast({out_}) : Put({out_}));
}

Task<Status> Session::WriteSome(std::span<const char> data) {
  if (answer_ != Progress::kStreaming) co_return AnsweredTwice();
  if (data.empty()) co_return Ok();  // an empty chunk would end the body
  std::string_view bytes(data.data(), data.size());
  if (unsent_) {
    // Never more than the Content-Length says: the rest would read as the next answer.
    bytes = bytes.substr(0, std::min<std::uint64_t>(*unsent_, bytes.size()));
    *unsent_ -= bytes.size();
    co_return co_await (unsent_ == 0U ? PutLast({bytes}) : Put({bytes}));
  }
  if (!framing_.chunked) co_return co_await Put({bytes});
  out_.clear();
  AppendChunkSize(out_, bytes.size());
  co_return co_await Put({out_, bytes, "\r\n"});
}

Task<Status> Session::Finish() {
  if (answer_ != Progress::kStreaming) co_return AnsweredTwice();
  if (unsent_.value_or(0) > 0)
    co_return Error(Code::kInternal, "The answer is shorter than announced.");
  answer_ = Progress::kDone;
  SkipReceivedBody();
  keep_ = keep_ && parser_.complete();
  if (!framing_.chunked || unsent_) co_return Ok();
  co_return co_await PutLast({"0\r\n\r\n"});
}

Task<Result<std::unique_ptr<ByteStream>>> Session::Upgrade(ResponseHead head) {
  if (answer_ != Progress::kNone) co_return AnsweredTwice();
  out_.clear();
  AppendResponseHead(out_, head.status, head.headers, {.upgrade = true},
                     core_->date.At(core_->shared->clock.Wall()));
  answer_ = Progress::kUpgraded;
  auto stream = MakeUpgradedStream(transport_, std::string(in_.view()));
  in_.Consume(in_.size());
  ATELIER_CO_RETURN_IF_ERROR(co_await Put({out_}));
  co_return stream;
}

}  // namespace atelier::http
