#include "http/client/connector.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace atelier::http {

namespace {

using asio::ip::tcp;
using Endpoint = asio::generic::stream_protocol::endpoint;

/// The longest path that fits into sockaddr_un.
constexpr std::size_t kMaxUnixPath = 107;

/// Calls `end` at the deadline, once.
class Expiry final : private Watchdog::Watched {
 public:
  Expiry(std::shared_ptr<Watchdog> dog, Deadline by, std::function<void()> end)
      : by_(by), end_(std::move(end)), watch_(std::move(dog), *this) {
    watch_.Expect(by);
  }
  bool expired() const { return by_ == kNever; }

 private:
  Deadline Check(MonoTime now) override {
    if (by_ <= now) {
      by_ = kNever;
      end_();
    }
    return by_;
  }

  Deadline by_;
  std::function<void()> end_;
  Watchdog::Watch watch_;
};

Error CannotConnect(const Expiry& expiry) {
  if (expiry.expired())
    return Error(Code::kDeadlineExceeded, "The upstream did not accept in time.");
  return Error(Code::kUnavailable, "Cannot connect to the upstream.");
}

Task<Result<std::vector<Endpoint>>> Resolve(asio::any_io_executor io, Address address,
                                            std::shared_ptr<Watchdog> dog, Deadline by) {
  boost::system::error_code not_a_number;
  const auto number = asio::ip::make_address(address.host, not_a_number);
  if (!not_a_number) co_return std::vector{Endpoint(tcp::endpoint(number, address.port))};

  tcp::resolver resolver(io);
  const Expiry expiry(std::move(dog), by, [&] { resolver.cancel(); });
  const auto [ec, found] =
      co_await resolver.async_resolve(address.host, std::to_string(address.port), kNoThrow);
  if (ec) co_return CannotConnect(expiry);
  std::vector<Endpoint> endpoints;
  for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
  co_return endpoints;
}

}  // namespace

Task<Result<Socket>> Connector::ConnectSocket(Address address, Deadline by) {
  std::vector<Endpoint> endpoints;
  if (!address.unix_path.empty()) {
    if (address.unix_path.size() > kMaxUnixPath) {
      co_return Error(Code::kInvalidArgument, "The socket path is too long.");
    }
    endpoints.emplace_back(asio::local::stream_protocol::endpoint(address.unix_path));
  } else {
    ATELIER_CO_TRY(endpoints, co_await Resolve(io_, address, dog_, by));
  }
  Error last(Code::kUnavailable, "The upstream's name has no address.");
  for (const Endpoint& endpoint : endpoints) {
    Socket socket(io_);
    const Expiry expiry(dog_, by, [&] {
      boost::system::error_code ec;  // closed meanwhile: then nobody waits
      socket.cancel(ec);
    });
    const auto [ec] = co_await socket.async_connect(endpoint, kNoThrow);
    if (!ec) {
      boost::system::error_code ignored;  // an optimisation only
      if (address.unix_path.empty()) socket.set_option(tcp::no_delay(true), ignored);
      co_return socket;
    }
    last = CannotConnect(expiry);
  }
  co_return last;
}

Result<TlsContext> Connector::TlsFor(const std::string& ca) {
  const auto found = tls_.find(ca);
  if (found != tls_.end()) return found->second;
  ATELIER_TRY(TlsContext tls, MakeClientTls(ca));
  return tls_.emplace(ca, std::move(tls)).first->second;
}

Task<Result<std::unique_ptr<Transport>>> Connector::Connect(Address address, Deadline by) {
  ATELIER_CO_TRY(Socket socket, co_await ConnectSocket(address, by));
  if (!address.tls) co_return MakePlainTransport(std::move(socket), dog_);
  ATELIER_CO_TRY(TlsContext tls, TlsFor(address.tls_ca));
  ATELIER_CO_TRY(auto transport,
                 MakeTlsClientTransport(std::move(socket), std::move(tls), address.host, dog_));
  ATELIER_CO_RETURN_IF_ERROR(co_await transport->Handshake(by));
  co_return transport;
}

}  // namespace atelier::http
