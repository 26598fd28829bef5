#include "gateway/proxy/forward.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "gateway/proxy/headers.h"

namespace atelier::gateway {

namespace {

using asio::experimental::awaitable_operators::operator||;

constexpr std::size_t kPiece = 16U << 10U;

/// One request on its way, for the two coroutines that carry its halves.
struct ProxyExchange {
  http::Exchange& exchange;
  http::ClientExchange& upstream;
  Upload& upload;
  const Realm& realm;
  Duration patience;
  Clock& clock;
  Flow& flow;
  bool answered = false;

  Deadline By() const { return clock.In(patience); }
};

Forwarded FailedWith(Error failure) {
  const bool given_up = failure.code() == Code::kCancelled;
  return {.failure = std::move(failure), .given_up = given_up};
}

/// Ends when the client broke off or gave up, or when the instance has got all that it takes of the
/// body and then lets `patience` pass before its answer begins.
Task<Forwarded> CarryBody(ProxyExchange& trip) {
  while (true) {
    const auto piece = co_await trip.upload.Next();
    if (!piece) co_return Forwarded{.failure = piece.error(), .by_client = true};
    const bool end = piece->empty();
    trip.flow.from_clients += piece->size();
    const Status taken = end ? co_await trip.upstream.FinishBody(trip.By())
                             : co_await trip.upstream.WriteSome(*piece, trip.By());
    if (!taken && taken.error().code() == Code::kCancelled) co_return FailedWith(taken.error());
    // One that stops reading may still answer.
    if (end || !taken) break;
  }
  const auto first = co_await (trip.clock.SleepUntil(trip.By()) || trip.exchange.GivenUp());
  if (first.index() == 0) {
    if (!trip.answered)
      co_return Forwarded{.failure = Error(Code::kDeadlineExceeded, "No answer.")};
    co_await trip.exchange.GivenUp();
  }
  co_return FailedWith(Error(Code::kCancelled, "The client is gone."));
}

/// The rest of an answer's body; its head is out. A failure on either side leaves the answer
/// unfinished, so that the server cuts the connection: that is how the client learns of it.
Task<void> CarryPieces(ProxyExchange& trip) {
  std::array<char, kPiece> piece;
  while (true) {
    const auto size = co_await trip.upstream.ReadSome(piece, trip.By());
    if (!size) co_return;
    if (*size == 0) break;
    trip.flow.to_clients += *size;
    if (!co_await trip.exchange.WriteSome({piece.data(), *size})) co_return;
  }
  [[maybe_unused]] const Status finished = co_await trip.exchange.Finish();
}

/// An answer of which `body` has arrived; `whole`: there is no more.
Task<void> CarryTo(ProxyExchange& trip, http::ResponseHead head, std::string body, bool whole) {
  trip.flow.to_clients += body.size();
  // Only where its length is the body's own: that of an answer to HEAD is of a body not sent.
  if (whole && !body.empty()) {
    [[maybe_unused]] const Status sent = co_await trip.exchange.Send(
        {.status = head.status, .headers = std::move(head.headers), .body = std::move(body)});
    co_return;
  }
  // At once, though nothing of the body may be here: it may be a stream whose first event is far.
  if (!co_await trip.exchange.Begin(std::move(head))) co_return;
  if (!body.empty() && !co_await trip.exchange.WriteSome(body)) co_return;
  co_await CarryPieces(trip);
}

Task<Forwarded> CarryAnswer(ProxyExchange& trip) {
  // While the body is on its way, CarryBody says when it is late: the client may take its time.
  const Deadline by = trip.upload.more() ? Deadline::max() : trip.By();
  auto head = co_await trip.upstream.ReadHead(by);
  if (!head) co_return FailedWith(head.error());
  trip.answered = true;
  Forwarded outcome{.status = head->status};
  const bool switches = head->status == 101;
  // Nothing of what an unasked switch says may pass: it is no HTTP.
  if (switches && !OpensWebSocket(*head, trip.exchange.head())) {
    co_return Forwarded{
        .failure = Error(Code::kInvalidArgument, "The client did not ask for this upgrade.")};
  }
  http::ResponseHead answer = ForClient(*std::move(head), trip.exchange.head(), trip.realm);
  if (!switches) {
    std::string body = trip.exchange.Spare().body;
    const auto whole = trip.upstream.TakeArrived(body);
    if (!whole) co_return Forwarded{.failure = whole.error()};
    co_await CarryTo(trip, std::move(answer), std::move(body), *whole);
    co_return outcome;
  }
  if (auto stream = co_await trip.exchange.Upgrade(std::move(answer))) {
    outcome.client = *std::move(stream);
    outcome.upstream = trip.upstream.TakeStream();
  }
  co_return outcome;
}

}  // namespace

Task<Result<std::size_t>> Upload::Read() {
  const std::span<char> into(piece_.get(), kPiece);
  return checked_ != nullptr ? checked_->ReadSome(into) : exchange_.ReadSome(into);
}

Task<Status> Upload::Begin() {
  if (!has_body_ && checked_ == nullptr) co_return Ok();
  piece_ = std::make_unique_for_overwrite<char[]>(kPiece);
  ATELIER_CO_TRY(size_, co_await Read());
  whole_ = size_ == 0 || (checked_ != nullptr ? checked_->BodyRead() : exchange_.BodyRead());
  co_return Ok();
}

http::BodyStart Upload::start() const {
  return {.has_body = has_body_, .first = {piece_.get(), size_}, .whole = has_body_ && whole_};
}

Task<Result<std::string_view>> Upload::Next() {
  ATELIER_CO_TRY(const std::size_t size, co_await Read());
  co_return std::string_view(piece_.get(), size);
}

Task<Forwarded> Forward(http::Exchange& exchange, Upload& upload, http::Client& client,
                        http::Address address, http::RequestHead head, Realm realm,
                        Duration patience, Clock& clock, Flow& flow) {
  auto opened =
      co_await client.Open(std::move(address), std::move(head), upload.start(), clock.In(patience),
                           [&exchange] { return exchange.GivenUp(); });
  if (!opened) {
    Forwarded outcome = FailedWith(opened.error());
    outcome.not_sent = opened.error().code() == Code::kUnavailable;
    co_return outcome;
  }
  ProxyExchange trip{.exchange = exchange,
                     .upstream = **opened,
                     .upload = upload,
                     .realm = realm,
                     .patience = patience,
                     .clock = clock,
                     .flow = flow};
  flow.from_clients += upload.first_size();
  if (!upload.more()) co_return co_await CarryAnswer(trip);
  auto outcome = co_await (CarryAnswer(trip) || CarryBody(trip));
  co_return std::visit([](auto& first) { return std::move(first); }, outcome);
}

}  // namespace atelier::gateway
