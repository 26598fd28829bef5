#include "http/server.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <ranges>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/another_loop.h"
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

/// The state of every loop; the first is that of the handlers.
using Cores = std::vector<std::shared_ptr<ServerCore>>;

Cores MakeCores(const std::shared_ptr<ServerShared>& shared) {
  Cores cores;
  cores.push_back(std::make_shared<ServerCore>(shared, shared->home, 0));
  for (const asio::any_io_executor& loop : shared->options.more_loops) {
    cores.push_back(std::make_shared<ServerCore>(shared, loop, cores.size()));
    // A loop takes descriptors of its own for its first socket: not when there are none left.
    const Socket first(loop);
  }
  return cores;
}

bool IsIdle(const Session& session) { return session.idle(); }
bool IsAny(const Session& /*session*/) { return true; }

/// On the loop of `core`.
void CloseSessions(const ServerCore& core, bool (*which)(const Session&)) {
  for (Session* session : core.sessions) {
    if (which(*session)) session->Close();
  }
}

bool RequestsUnderWay(const ServerCore& core) {
  return std::ranges::any_of(core.sessions, [](const Session* one) { return !one->upgraded(); });
}

// What Stop does on each loop.

Task<bool> Close(std::shared_ptr<ServerCore> core, bool (*which)(const Session&)) {
  CloseSessions(*core, which);
  co_return true;
}

Task<bool> LooksBusy(std::shared_ptr<ServerCore> core) { co_return RequestsUnderWay(*core); }

Task<bool> Drain(std::shared_ptr<ServerCore> core, Deadline by) {
  return core->gate.Drain(core->shared->clock, by);
}

/// On the core's loop, from the first.
Task<bool> On(const std::shared_ptr<ServerCore>& core, Task<bool> task) {
  return core->at_home() ? std::move(task) : AwaitOn(core->io, std::move(task));
}

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, Handler& handler, asio::any_io_executor io, Clock& clock,
             Logger& log)
      : shared_(
            std::make_shared<ServerShared>(std::move(options), handler, std::move(io), clock, log)),
        cores_(std::make_shared<const Cores>(MakeCores(shared_))),
        acceptor_(std::make_shared<Listener>(shared_->home)) {}

  ~ServerImpl() override {
    CloseListeners();
    shared_->stopping = true;
    for (const auto& core : *cores_) {
      if (core->at_home())
        CloseSessions(*core, IsAny);
      else
        asio::post(core->io, [core] { CloseSessions(*core, IsAny); });
    }
  }
  ServerImpl(const ServerImpl&) = delete;
  ServerImpl& operator=(const ServerImpl&) = delete;

  Status Start() override {
    if (!shared_->options.tls_certificate.empty()) ATELIER_RETURN_IF_ERROR(ReloadCertificate());
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(shared_->options.address, ec);
    if (ec) return Error(Code::kInvalidArgument, "The listen address is not an IP address.");
    const tcp::endpoint endpoint(address, shared_->options.port);
    tcp::acceptor& socket = acceptor_->socket;
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) socket.bind(endpoint, ec);
    if (!ec) socket.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) socket.non_blocking(true, ec);
    if (!ec) port_ = socket.local_endpoint(ec).port();
    if (ec) {
      return Error(Code::kUnavailable, "Cannot listen on " + shared_->options.address + " port " +
                                           std::to_string(shared_->options.port) + ": " +
                                           ec.message());
    }
    acceptor_->KeepReserve();
    Spawn(shared_->home, "http accept", Accept(cores_, acceptor_));
    return Ok();
  }

  std::shared_ptr<void> Serve(UniqueFd listening, std::string source) override {
    if (shared_->stopping) return nullptr;
    auto listener = std::make_shared<Listener>(shared_->home);
    listener->source = std::move(source);
    boost::system::error_code ec;
    listener->socket.assign(tcp::v4(), listening.get(), ec);
    if (ec) return nullptr;
    listening.Release();
    listener->socket.non_blocking(true, ec);
    std::erase_if(inside_, [](const auto& one) { return one.expired(); });
    inside_.push_back(listener);
    Spawn(shared_->home, "http accept inside", Accept(cores_, listener));
    return {listener.get(), [listener](void*) { listener->Close(); }};
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override {
    std::size_t all = 0;
    for (const auto& core : *cores_) all += core->seated;
    return all;
  }

  Status ReloadCertificate() override {
    ATELIER_TRY(TlsContext tls,
                MakeServerTls(shared_->options.tls_certificate, shared_->options.tls_key));
    for (const auto& core : *cores_) {
      if (core->at_home())
        core->tls = tls;
      else
        asio::post(core->io, [core, tls] { core->tls = tls; });
    }
    return Ok();
  }

  Task<void> Stop(Deadline by) override {
    Clock& clock = shared_->clock;
    shared_->stopping = true;
    CloseListeners();
    shared_->sampler.TellRest();
    for (const auto& core : *cores_) co_await On(core, http::Close(core, IsIdle));
    while (co_await RequestsUnderWay() && clock.Mono() < by) co_await clock.Sleep(kPoll);
    for (const auto& core : *cores_) co_await On(core, http::Close(core, IsAny));
    const Deadline last = clock.In(kLastGrace);
    bool drained = true;
    for (const auto& core : *cores_) drained = co_await On(core, Drain(core, last)) && drained;
    if (!drained) shared_->log.Error("http_stop_incomplete", {{"connections", connections()}});
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

  static Task<void> Accept(std::shared_ptr<const Cores> cores, std::shared_ptr<Listener> listener) {
    ServerShared& shared = *cores->front()->shared;
    while (true) {
      auto [ec, socket] = co_await listener->socket.async_accept(kNoThrow);
      if (shared.stopping || !listener->socket.is_open()) co_return;
      if (!ec) {
        if (!listener->reserve && listener->source.empty()) listener->KeepReserve();
        Welcome(*cores, std::move(socket), listener->source, true);
        continue;
      }
      if (ec == asio::error::connection_aborted) continue;
      // Without a free descriptor accept fails also when nobody waits.
      co_await listener->socket.async_wait(asio::socket_base::wait_read, kNoThrow);
      if (shared.stopping || !listener->socket.is_open()) co_return;
      if (!MakeRoom(*cores, *listener)) {
        if (shared.sampler.Admit("http_accept_failed"))
          shared.log.Warn("http_accept_failed", {{"error", ec.message()}});
        co_await shared.clock.Sleep(kAcceptPause);
      } else if (cores->size() > 1) {
        co_await shared.clock.Sleep(kPoll);  // whoever has to go is closed on their own loop
      }
    }
  }

  /// `spare`: there may be a place for it; else it is refused, unless it asks for what always gets
  /// its answer.
  static void Welcome(const Cores& cores, tcp::socket socket, const std::string& inside,
                      bool spare) {
    ServerShared& shared = *cores.front()->shared;
    Ends ends = EndsOf(socket);
    if (!inside.empty()) {
      ends.inside = true;
      ends.peer = inside;
    }
    const std::string source = NetworkOf(ends.peer);
    const bool full = shared.places.full() || NearlyOutOfDescriptors(socket.native_handle());
    const bool seated = spare && (!full || shared.places.MakeRoom(source));
    if (!seated && shared.porch.full() && !shared.porch.MakeRoom(source)) return;  // closes it
    boost::system::error_code ec;  // an optimisation only
    socket.set_option(tcp::no_delay(true), ec);
    socket.set_option(asio::socket_base::keep_alive(true), ec);
    auto seat = std::make_unique<Seat>(FewestOf(cores), source, !seated);
    if (seat->core()->at_home())
      Begin(std::move(seat), Socket(std::move(socket)), std::move(ends));
    else
      SendOff(std::move(seat), std::move(socket), std::move(ends));
  }

  /// Of several the last: the first loop has other work, too.
  static const std::shared_ptr<ServerCore>& FewestOf(const Cores& cores) {
    const auto all = std::views::reverse(cores);
    return *std::ranges::min_element(
        all, {}, [](const auto& core) { return core->seated.load(std::memory_order_relaxed); });
  }

  /// On the seat's loop.
  static void Begin(std::unique_ptr<Seat> seat, Socket socket, Ends ends) {
    const asio::any_io_executor io = seat->core()->io;
    Spawn(io, "http session",
          Session::Run(
              std::make_unique<Session>(std::move(seat), std::move(socket), std::move(ends))));
  }

  /// To the seat's loop.
  static void SendOff(std::unique_ptr<Seat> seat, tcp::socket socket, Ends ends) {
    boost::system::error_code ec;
    const tcp::endpoint own = socket.local_endpoint(ec);
    UniqueFd connection(ec ? -1 : socket.release(ec));
    if (!connection) return;  // gone already
    const asio::any_io_executor io = seat->core()->io;
    asio::post(io, [io, protocol = own.protocol(), connection = std::move(connection),
                    seat = std::move(seat), ends = std::move(ends)]() mutable {
      boost::system::error_code failed;
      Socket there(io);
      there.assign(protocol, connection.get(), failed);
      if (failed) return;
      connection.Release();
      Begin(std::move(seat), std::move(there), std::move(ends));
    });
  }

  /// Out of descriptors: an idle connection gives up its own, or the reserve buys one client an
  /// answer. False: nothing is left to give.
  static bool MakeRoom(const Cores& cores, Listener& listener) {
    ServerShared& shared = *cores.front()->shared;
    if (shared.places.MakeRoom("")) return true;
    if (!listener.reserve) return shared.porch.MakeRoom("");
    listener.reserve.Reset();
    boost::system::error_code ec;
    tcp::socket socket(shared.home);
    listener.socket.accept(socket, ec);
    if (!ec) Welcome(cores, std::move(socket), listener.source, false);
    return !ec;
  }

  Task<bool> RequestsUnderWay() const {
    for (const auto& core : *cores_) {
      if (co_await On(core, LooksBusy(core))) co_return true;
    }
    co_return false;
  }

  void CloseListeners() {
    acceptor_->Close();
    for (const auto& one : inside_) {
      if (const auto listener = one.lock()) listener->Close();
    }
  }

  std::shared_ptr<ServerShared> shared_;
  std::shared_ptr<const Cores> cores_;  // shared with the accept loops, which end after it
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
