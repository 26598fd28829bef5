#include "http/server.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include "base/host_port.h"
#include "base/raii.h"
#include "http/server/core.h"
#include "http/server/session.h"

namespace atelier::http {

namespace {

using asio::ip::tcp;

/// After an accept that failed for want of a resource: long enough not to spin, short enough not to
/// notice.
constexpr Duration kAcceptPause{100};
/// Descriptors that new connections leave to the rest of the server, of as many as it may open.
constexpr std::size_t kKeptDescriptors = 32;
constexpr std::size_t kKeptDivisor = 8;
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

std::size_t MostDescriptors() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return SIZE_MAX;
  return files.rlim_cur;
}

/// The system gives the lowest number that is free.
bool NearlyOutOfDescriptors(int latest) {
  const std::size_t most = MostDescriptors();
  const std::size_t kept = std::min(kKeptDescriptors, most / kKeptDivisor);
  return static_cast<std::size_t>(latest) >= most - kept;
}

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, Handler& handler, asio::any_io_executor io, Clock& clock,
             Logger& log)
      : core_(std::make_shared<ServerCore>(std::move(options), handler, std::move(io), clock, log)),
        acceptor_(std::make_shared<Listener>(core_->io)) {}

  ~ServerImpl() override {
    CloseListeners();
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

  std::shared_ptr<void> Serve(UniqueFd listening, std::string source) override {
    if (core_->stopping) return nullptr;
    auto listener = std::make_shared<Listener>(core_->io);
    listener->source = std::move(source);
    boost::system::error_code ec;
    listener->socket.assign(tcp::v4(), listening.get(), ec);
    if (ec) return nullptr;
    listening.Release();
    listener->socket.non_blocking(true, ec);
    std::erase_if(inside_, [](const auto& one) { return one.expired(); });
    inside_.push_back(listener);
    Spawn(core_->io, "http accept inside", Accept(core_, listener));
    return {listener.get(), [listener](void*) { listener->Close(); }};
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
    CloseListeners();
    core_->sampler.TellRest();
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
    void Close() {
      boost::system::error_code ec;  // not open: fine
      socket.close(ec);
    }

    tcp::acceptor socket;
    std::string source;  // of all that come here; empty: each is known by its address
    UniqueFd reserve;    // given up to answer one more client when descriptors run out
  };

  static Task<void> Accept(std::shared_ptr<ServerCore> core, std::shared_ptr<Listener> listener) {
    while (true) {
      auto [ec, socket] = co_await listener->socket.async_accept(kNoThrow);
      if (core->stopping || !listener->socket.is_open()) co_return;
      if (!ec) {
        if (!listener->reserve && listener->source.empty()) listener->KeepReserve();
        Welcome(core, std::move(socket), listener->source, true);
        continue;
      }
      if (ec == asio::error::connection_aborted) continue;
      // Without a free descriptor accept fails also when nobody waits.
      co_await listener->socket.async_wait(asio::socket_base::wait_read, kNoThrow);
      if (core->stopping || !listener->socket.is_open()) co_return;
      if (!MakeRoom(core, *listener)) {
        if (core->sampler.Admit("http_accept_failed"))
          core->log.Warn("http_accept_failed", {{"error", ec.message()}});
        co_await core->clock.Sleep(kAcceptPause);
      }
    }
  }

  /// `spare`: there may be a place for it; else it is refused, unless it asks for what always gets
  /// its answer.
  static void Welcome(const std::shared_ptr<ServerCore>& core, tcp::socket socket,
                      const std::string& inside, bool spare) {
    Ends ends = EndsOf(socket);
    if (!inside.empty()) {
      ends.inside = true;
      ends.peer = inside;
    }
    const std::string source = NetworkOf(ends.peer);
    const bool full = core->places.full() || NearlyOutOfDescriptors(socket.native_handle());
    const bool seated = spare && (!full || core->places.MakeRoom(source));
    if (!seated && core->porch.full() && !core->porch.MakeRoom(source)) return;  // closes it
    boost::system::error_code ec;  // an optimisation only
    socket.set_option(tcp::no_delay(true), ec);
    socket.set_option(asio::socket_base::keep_alive(true), ec);
    Spawn(core->io, "http session",
          Session::Run(std::make_unique<Session>(core, Socket(std::move(socket)), std::move(ends),
                                                 !seated)));
  }

  /// Out of descriptors: an idle connection gives up its own, or the reserve buys one client an
  /// answer. False: nothing is left to give.
  static bool MakeRoom(const std::shared_ptr<ServerCore>& core, Listener& listener) {
    if (core->places.MakeRoom("")) return true;
    if (!listener.reserve) return core->porch.MakeRoom("");
    listener.reserve.Reset();
    boost::system::error_code ec;
    tcp::socket socket(core->io);
    listener.socket.accept(socket, ec);
    if (!ec) Welcome(core, std::move(socket), listener.source, false);
    return !ec;
  }

  bool RequestsUnderWay() const {
    for (const Session* session : core_->sessions) {
      if (!session->upgraded()) return true;
    }
    return false;
  }

  void CloseListeners() {
    acceptor_->Close();
    for (const auto& one : inside_) {
      if (const auto listener = one.lock()) listener->Close();
    }
  }

  template <class Which>
  void CloseSessions(Which which) {
    for (Session* session : core_->sessions) {
      if (which(*session)) session->Close();
    }
  }

  std::shared_ptr<ServerCore> core_;
  std::shared_ptr<Listener> acceptor_;  // shared with the accept loop, which ends after it
  std::vector<std::weak_ptr<Listener>> inside_;
  std::uint16_t port_ = 0;
};

}  // namespace

std::size_t MostConnections(std::size_t wanted) {
  return std::min(wanted, std::max<std::size_t>(1, MostDescriptors() / 2));
}

std::unique_ptr<Server> MakeServer(ServerOptions options, Handler& handler,
                                   asio::any_io_executor io, Clock& clock, Logger& log) {
  options.max_connections =
      std::max<std::size_t>(1, MostConnections(options.max_connections) / options.servers);
  return std::make_unique<ServerImpl>(std::move(options), handler, std::move(io), clock, log);
}

}  // namespace atelier::http
