// The process inside a sandbox that leads the workload's socket to the TCP port it listens on. It
// has nothing that the workload has not: the same user, namespaces and limits.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "base/raii.h"
#include "base/task.h"
#include "base/text.h"
#include "runtime/process.h"

namespace atelier::runtime {
namespace {

using asio::experimental::awaitable_operators::operator&&;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;

constexpr std::size_t kPiece = 64U << 10U;
constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kOutOfDescriptors{50};
constexpr std::chrono::milliseconds kAfterAnEnd{250};

/// One direction, to its end; then the other side is told so.
template <class From, class To>
Task<void> Pump(From& from, To& to) {
  const auto piece = std::make_unique<std::array<char, kPiece>>();
  for (;;) {
    const auto [read_error, size] = co_await from.async_read_some(asio::buffer(*piece), kNoThrow);
    if (read_error) break;
    const auto [write_error, written] =
        co_await asio::async_write(to, asio::buffer(piece->data(), size), kNoThrow);
    if (write_error) break;
  }
  boost::system::error_code ignored;  // gone already
  to.shutdown(asio::socket_base::shutdown_send, ignored);
}

Task<void> Relay(Local::socket outside, std::uint16_t port) {
  tcp::socket inside(outside.get_executor());
  // A server that was told to listen on "localhost" may have taken either.
  auto [error] = co_await inside.async_connect({asio::ip::address_v4::loopback(), port}, kNoThrow);
  if (error) {
    boost::system::error_code ignored;
    inside.close(ignored);
    std::tie(error) =
        co_await inside.async_connect({asio::ip::address_v6::loopback(), port}, kNoThrow);
  }
  if (error) co_return;  // nobody listens: the other side reads the end of the stream
  inside.set_option(tcp::no_delay(true), error);
  // No deadline of its own: the gateway has one at each end of its own.
  co_await (Pump(outside, inside) && Pump(inside, outside));
}

Task<void> Accept(Local::acceptor& acceptor, std::uint16_t port) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (!error) {
      const auto executor = socket.get_executor();
      Spawn(executor, "relay", Relay(std::move(socket), port));
      continue;
    }
    asio::steady_timer pause(acceptor.get_executor(), kOutOfDescriptors);
    co_await pause.async_wait(kNoThrow);
  }
}

/// -1: no.
UniqueFd Listen(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) return {};
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (!fd || ::bind(fd.get(), where, sizeof address) != 0 || ::listen(fd.get(), kBacklog) != 0)
    return {};
  return fd;
}

int Serve(int listener, std::uint16_t port) {
  asio::io_context io{1};
  Local::acceptor acceptor(io, Local(), listener);
  Spawn(io.get_executor(), "relay", Accept(acceptor, port));
  io.run();
  return 0;
}

/// Without it nobody would come in any more, and the workload would run on: what ends it, such as
/// the memory limit, ends connections, and the next ones are served.
[[noreturn]] void KeepServing(const UniqueFd& listener, std::uint16_t port) {
  for (;;) {
    const int server = ::fork();
    if (server == 0) ::_exit(Serve(listener.get(), port));
    while (server > 0 && ::waitpid(server, nullptr, 0) < 0 && errno == EINTR) {
    }
    std::fputs("atelier: the way to its port ended and is opened again\n", stderr);
    std::this_thread::sleep_for(kAfterAnEnd);
  }
}

}  // namespace

int RelayMain(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto port = ParseNumber<std::uint16_t>(argv[2]).value_or(0);
  if (port == 0) return 2;
  const UniqueFd listener = Listen(argv[1]);
  if (!listener) {
    std::perror("atelier: cannot listen on the sandbox's socket");
    return 1;
  }
  // The first process of the sandbox takes us over: the workload has no child that it did not make.
  const int child = ::fork();
  if (child != 0) ::_exit(child < 0 ? 1 : 0);
  // Requests under way end with the workload, not with the signal that asks it to end.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  KeepServing(listener, port);
}

}  // namespace atelier::runtime
