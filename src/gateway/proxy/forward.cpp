#include "gateway/proxy/forward.h"

#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "gateway/proxy/headers.h"

namespace atelier::gateway {

namespace {

using asio::experimental::awaitable_operators::operator||;

constexpr std::size_t kPiece = 16U << 10U;

/// One request on its way, for the two coroutines that carry its halves.
struct Trip {
  http::Exchange& exchange;
  http::ClientExchange& upstream;
  Duration patience;
  Clock& clock;
  std::vector<char> up;  // the next piece of the request's body, empty without one
  std::size_t up_size = 0;

  Deadline By() const { return clock.In(patience); }
};

/// Ends only when the client broke off: an instance that stops reading may still answer.
Task<void> CarryBody(Trip& trip) {
  while (trip.up_size > 0) {
    if (!co_await trip.upstream.WriteSome({trip.up.data(), trip.up_size}, trip.By())) {
      co_await trip.clock.SleepUntil(MonoTime::max());
    }
    const auto size = co_await trip.exchange.ReadSome(trip.up);
    if (!size) co_return;
    trip.up_size = *size;
  }
  [[maybe_unused]] const Status told = co_await trip.upstream.FinishBody(trip.By());
  co_await trip.clock.SleepUntil(MonoTime::max());
}

/// The pieces of an answer's body; its head is out. A failure on either side leaves the answer
/// unfinished, so that the server cuts the connection: that is how the client learns of it.
Task<void> CarryPieces(Trip& trip) {
  std::array<char, kPiece> piece;
  while (true) {
    const auto size = co_await trip.upstream.ReadSome(piece, trip.By());
    if (!size) co_return;
    if (*size == 0) break;
    if (!co_await trip.exchange.WriteSome({piece.data(), *size})) co_return;
  }
  [[maybe_unused]] const Status finished = co_await trip.exchange.Finish();
}

Task<Forwarded> CarryAnswer(Trip& trip) {
  auto head = co_await trip.upstream.ReadHead(trip.By());
  if (!head) co_return Forwarded{.failure = head.error()};
  Forwarded outcome{.status = head->status};
  http::ResponseHead answer = ForClient(*std::move(head));
  if (answer.status != 101) {
    if (co_await trip.exchange.Begin(std::move(answer))) co_await CarryPieces(trip);
    co_return outcome;
  }
  if (!WantsUpgrade(trip.exchange.head())) {
    co_return Forwarded{.failure = Error(Code::kInvalidArgument, "Nobody asked for an upgrade.")};
  }
  if (auto stream = co_await trip.exchange.Upgrade(std::move(answer))) {
    outcome.client = *std::move(stream);
    outcome.upstream = trip.upstream.TakeStream();
  }
  co_return outcome;
}

}  // namespace

Task<Forwarded> Forward(http::Exchange& exchange, http::Client& client, http::Address address,
                        http::RequestHead head, Duration patience, Clock& clock) {
  const bool has_body = exchange.head().has_body();
  std::vector<char> first(has_body ? kPiece : 0);
  std::size_t first_size = 0;
  if (has_body) {
    // Before the instance is bothered: the client is there, and was told to continue if it asked.
    const auto size = co_await exchange.ReadSome(first);
    if (!size) co_return Forwarded{.failure = size.error(), .by_client = true};
    first_size = *size;
  }
  auto opened =
      co_await client.Open(std::move(address), std::move(head), has_body, clock.In(patience));
  if (!opened) co_return Forwarded{.failure = opened.error()};
  Trip trip{.exchange = exchange,
            .upstream = **opened,
            .patience = patience,
            .clock = clock,
            .up = std::move(first),
            .up_size = first_size};
  if (!has_body) co_return co_await CarryAnswer(trip);
  auto outcome = co_await (CarryAnswer(trip) || CarryBody(trip));
  if (auto* answered = std::get_if<0>(&outcome)) co_return std::move(*answered);
  co_return Forwarded{.failure = Error(Code::kUnavailable, "The client broke off."),
                      .by_client = true};
}

}  // namespace atelier::gateway
