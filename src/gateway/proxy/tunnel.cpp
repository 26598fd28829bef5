#include "gateway/proxy/tunnel.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace atelier::gateway {

namespace {

using asio::experimental::awaitable_operators::operator||;

struct Ends {
  std::unique_ptr<http::ByteStream> client;
  std::unique_ptr<http::ByteStream> upstream;
  TunnelOptions options;
  std::function<bool()> still_allowed;
  Clock& clock;
  MonoTime quiet_until;  // pushed ahead by every byte that moves
  bool half_closed = false;
};

/// One direction. Returns when the tunnel is over, which is not yet when the first direction ends.
Task<void> Pump(Ends& ends, http::ByteStream& from, http::ByteStream& to, std::uint64_t& passed) {
  // Watch bounds these waits: one direction may be silent for as long as the other is not.
  static constexpr Deadline kWatched = Deadline::max();
  std::array<char, 8192> piece;
  while (true) {
    const auto size = co_await from.Read(piece, kWatched);
    if (!size) co_return;
    if (*size == 0) break;
    passed += *size;
    ends.quiet_until = ends.clock.In(ends.options.idle);
    if (!co_await to.Write({piece.data(), *size}, kWatched)) co_return;
    ends.quiet_until = ends.clock.In(ends.options.idle);
  }
  to.ShutdownWrite();
  if (!std::exchange(ends.half_closed, true)) co_await ends.clock.Sleep(ends.options.linger);
}

/// A side that is gone while the other does not even take its last bytes.
bool IsStuck(const Ends& ends) {
  return !ends.half_closed && (ends.client->PeerEnded() || ends.upstream->PeerEnded());
}

Task<void> Watch(Ends& ends) {
  MonoTime before = MonoTime::min();  // quiet_until at the last look, if it was stuck then
  while (ends.clock.Mono() < ends.quiet_until && ends.still_allowed()) {
    co_await ends.clock.SleepUntil(
        std::min(ends.quiet_until, ends.clock.In(ends.options.check_every)));
    if (!IsStuck(ends)) continue;
    if (std::exchange(before, ends.quiet_until) == ends.quiet_until) co_return;
  }
}

}  // namespace

Task<void> Tunnel(std::unique_ptr<http::ByteStream> client,
                  std::unique_ptr<http::ByteStream> upstream, TunnelOptions options,
                  std::function<bool()> still_allowed, Clock& clock, Traffic& traffic) {
  const OpenWebSocket open(traffic);
  Ends ends{.client = std::move(client),
            .upstream = std::move(upstream),
            .options = options,
            .still_allowed = std::move(still_allowed),
            .clock = clock,
            .quiet_until = clock.In(options.idle)};
  // Whichever returns first cancels the others; then both streams close.
  co_await (Pump(ends, *ends.client, *ends.upstream, traffic.flow.from_clients) ||
            Pump(ends, *ends.upstream, *ends.client, traffic.flow.to_clients) || Watch(ends));
}

}  // namespace atelier::gateway
