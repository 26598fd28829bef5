#include "http/server.h"

#include <array>
#include <fcntl.h>
#include <string>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include "base/config.h"
#include "base/raii.h"
#include "http/server/core.h"
#include "http/server/session.h"

namespace atelier::http {

namespace {

using asio::ip::tcp;

/// After an accept that failed for want of a resource: long enough not to spin, short enough not to
/// notice.
constexpr Duration kAcceptPause{100};
/// Connections over the limit that are given an answer before they are closed.
constexpr std::size_t kRefusalSlots = 64;
/// For handlers to notice that Stop closed their connections.
constexpr Duration kLastGrace{5'000};
constexpr Duration kPoll{5};

std::string AddressText(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

Ends EndsOf(const tcp::socket& socket) {
  boost::system::error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  const tcp::endpoint own = ec ? tcp::endpoint() : socket.local_endpoint(ec);
  if (ec) return {};  // gone already
  return {.peer = AddressText(peer.address()),
          .own = fmt::format("{}:{}", UrlHost(AddressText(own.address())), own.port())};
}

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, Handler& handler, asio::any_io_executor io, Clock& clock,
             Logger& log)
      : core_(std::make_shared<ServerCore>(
            ServerCore{.options = std::move(options),
                       .handler = handler,
                       .io = io,
                       .clock = clock,
                       .log = log,
                       .watchdog = std::make_shared<Watchdog>(io, clock),
                       .tls = nullptr,
                       .date = {},
                       .gate = {},
                       .sessions = {},
                       .spare_body = {}})),
        acceptor_(std::make_shared<Listener>(io)) {}

  ~ServerImpl() override {
    boost::system::error_code ec;  // not open: fine
    acceptor_->socket.close(ec);
    core_->stopping = true;
    CloseSessions([](const Session&) { return true; });
  }
  ServerImpl(const ServerImpl&) = delete;
  ServerImpl& operator=(const ServerImpl&) = delete;

  Status Start() override {
    if (!core_->options.tls_certificate.empty()) ATELIER_RETURN_IF_ERROR(ReloadCertificate());
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(core_->options.address, ec);
    if (ec) return Error(Code::kInvalidArgument, "The listen address is not an IP address.");
    const tcp::endpoint endpoint(address, core_->options.port);
    tcp::acceptor& socket = acceptor_->socket;
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) socket.bind(endpoint, ec);
    if (!ec) socket.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) socket.non_blocking(true, ec);
    if (!ec) port_ = socket.local_endpoint(ec).port();
    if (ec) {
      return Error(Code::kUnavailable, "Cannot listen on " + core_->options.address + " port " +
                                           std::to_string(core_->options.port) + ": " +
                                           ec.message());
    }
    acceptor_->KeepReserve();
    Spawn(core_->io, "http accept", Accept(core_, acceptor_));
    return Ok();
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return core_->sessions.size(); }

  Status ReloadCertificate() override {
    ATELIER_TRY(TlsContext tls,
                MakeServerTls(core_->options.tls_certificate, core_->options.tls_key));
    core_->tls = std::move(tls);
    return Ok();
  }

  Task<void> Stop(Deadline by) override {
    core_->stopping = true;
    boost::system::error_code ec;  // not open: fine
    acceptor_->socket.close(ec);
    CloseSessions([](const Session& session) { return session.idle(); });
    while (RequestsUnderWay() && core_->clock.Mono() < by) co_await core_->clock.Sleep(kPoll);
    CloseSessions([](const Session&) { return true; });
    if (!co_await core_->gate.Drain(core_->clock, core_->clock.In(kLastGrace))) {
      core_->log.Error("http_stop_incomplete", {{"connections", core_->sessions.size()}});
    }
  }

 private:
  struct Listener {
    explicit Listener(const asio::any_io_executor& io) : socket(io) {}
    void KeepReserve() { reserve.Reset(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

    tcp::acceptor socket;
    UniqueFd reserve;  // given up to answer one more client when descriptors run out
  };

  static Task<void> Accept(std::shared_ptr<ServerCore> core, std::shared_ptr<Listener> listener) {
    while (true) {
      auto [ec, socket] = co_await listener->socket.async_accept(kNoThrow);
      if (core->stopping || ec == asio::error::operation_aborted) co_return;
      if (!ec) {
        Welcome(core, std::move(socket));
      } else if (ec != asio::error::connection_aborted) {
        core->log.Warn("http_accept_failed", {{"error", ec.message()}});
        TurnAwayOne(*core, *listener);
        co_await core->clock.Sleep(kAcceptPause);
      }
    }
  }

  static void Welcome(const std::shared_ptr<ServerCore>& core, tcp::socket socket) {
    const std::size_t open = core->sessions.size();
    const std::size_t limit = core->options.max_connections;
    if (open >= limit + kRefusalSlots) return;  // closes it
    boost::system::error_code ec;               // an optimisation only
    socket.set_option(tcp::no_delay(true), ec);
    socket.set_option(asio::socket_base::keep_alive(true), ec);
    Ends ends = EndsOf(socket);
    Spawn(core->io, "http session",
          Session::Run(std::make_unique<Session>(core, Socket(std::move(socket)), std::move(ends),
                                                 open >= limit)));
  }

  /// Out of descriptors: the reserve buys one client an answer, then the door rests.
  static void TurnAwayOne(ServerCore& core, Listener& listener) {
    listener.reserve.Reset();
    boost::system::error_code ec;
    tcp::socket socket(core.io);
    listener.socket.accept(socket, ec);
    if (!ec && !core.tls) {
      const Response response =
          core.handler.Refuse(Error(Code::kUnavailable, "Too many connections. Try again later."));
      std::string text;
      AppendResponseHead(text, response.status, response.headers,
                         {.content_length = response.body.size(), .close = true},
                         core.date.At(core.clock.Wall()));
      text += response.body;
      socket.non_blocking(true, ec);
      // Read first: closing with unread input would take the answer back.
      std::array<char, 4096> scrap;
      socket.read_some(asio::buffer(scrap), ec);
      socket.write_some(asio::buffer(text), ec);
    }
    socket.close(ec);
    listener.KeepReserve();
  }

  bool RequestsUnderWay() const {
    for (const Session* session : core_->sessions) {
      if (!session->upgraded()) return true;
    }
    return false;
  }

  template <class Which>
  void CloseSessions(Which which) {
    for (Session* session : core_->sessions) {
      if (which(*session)) session->Close();
    }
  }

  std::shared_ptr<ServerCore> core_;
  std::shared_ptr<Listener> acceptor_;  // shared with the accept loop, which ends after it
  std::uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<Server> MakeServer(ServerOptions options, Handler& handler,
                                   asio::any_io_executor io, Clock& clock, Logger& log) {
  return std::make_unique<ServerImpl>(std::move(options), handler, std::move(io), clock, log);
}

}  // namespace atelier::http
