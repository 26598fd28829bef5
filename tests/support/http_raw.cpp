#include "support/http_raw.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

namespace atelier::test {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::string RawResponse::Header(std::string_view name) const {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const auto at = head.find(start);
  if (at == std::string::npos) return {};
  const auto from = at + start.size();
  return head.substr(from, head.find("\r\n", from) - from);
}

RawClient::RawClient(UniqueFd fd) : fd_(std::move(fd)) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

RawClient::RawClient(std::uint16_t port, std::uint8_t host)
    : RawClient(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  sockaddr_in from = Loopback(0);
  from.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xffU) | host);
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) {
    throw std::runtime_error("cannot bind");
  }
  const sockaddr_in address = Loopback(port);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::Fill() {
  std::array<char, 16384> piece;
  const auto size = ::recv(fd_.get(), piece.data(), piece.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    throw std::runtime_error("no bytes came for ten seconds");
  }
  if (size <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

std::string RawClient::TakeLine() {
  while (buffer_.find("\r\n") == std::string::npos) {
    if (!Fill()) throw std::runtime_error("the stream ended in the middle of a line");
  }
  const auto end = buffer_.find("\r\n");
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

RawResponse RawClient::Read(bool bodiless) {
  while (buffer_.find("\r\n\r\n") == std::string::npos) {
    if (!Fill()) return {};
  }
  RawResponse response;
  const auto end = buffer_.find("\r\n\r\n");
  response.head = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  response.status = std::atoi(response.head.substr(9, 3).c_str());
  if (bodiless || response.status / 100 == 1) return response;
  if (response.Header("Transfer-Encoding") == "chunked") {
    while (true) {
      const auto size = std::strtoul(TakeLine().c_str(), nullptr, 16);
      response.body += ReadExactly(size);
      if (!TakeLine().empty()) throw std::runtime_error("a chunk is longer than it says");
      if (size == 0) return response;
    }
  }
  const std::string length = response.Header("Content-Length");
  response.body =
      length.empty() ? ReadAll() : ReadExactly(std::strtoul(length.c_str(), nullptr, 10));
  return response;
}

std::string RawClient::ReadSome() {
  if (buffer_.empty()) Fill();
  return std::exchange(buffer_, {});
}

std::string RawClient::ReadExactly(std::size_t size) {
  while (buffer_.size() < size && Fill()) {
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

std::string RawClient::ReadUntil(std::string_view end) {
  std::string got;
  while (!got.ends_with(end)) {
    const std::string piece = ReadSome();
    if (piece.empty()) break;
    got += piece;
  }
  return got;
}

std::string RawClient::ReadAll() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

void RawClient::ShutdownWrite() { ::shutdown(fd_.get(), SHUT_WR); }

void RawClient::Reset() {
  const linger abort{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  fd_.Reset();
}

RawListener::RawListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd_.get(), raw, size) != 0 || ::listen(fd_.get(), 64) != 0 ||
      ::getsockname(fd_.get(), raw, &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(address.sin_port);
}

bool RawListener::Pending() const {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) > 0;
}

RawClient RawListener::Accept() const {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, 10'000) <= 0) throw std::runtime_error("no client came for ten seconds");
  return RawClient(UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace atelier::test
