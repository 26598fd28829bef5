#include "http/io/transport.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace atelier::http {

namespace {

using Buffers = std::array<asio::const_buffer, 3>;

Buffers ToBuffers(const Pieces& pieces) {
  return {asio::buffer(pieces[0]), asio::buffer(pieces[1]), asio::buffer(pieces[2])};
}

class PlainTransport final : public Transport {
 public:
  PlainTransport(Socket socket, std::shared_ptr<Watchdog> dog)
      : Transport(std::move(dog)), socket_(std::move(socket)) {
    boost::system::error_code ec;
    socket_.non_blocking(true, ec);  // for WriteNow; a failure shows at the first read
  }

  Task<Status> Handshake(Deadline) override { co_return Ok(); }

  Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) override {
    Arm(read_, by);
    const auto [ec, size] =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kNoThrow);
    Disarm(read_);
    if (ec == asio::error::eof) co_return 0;
    if (ec) co_return Failure(read_);
    co_return size;
  }

  std::size_t WriteNow(const Pieces& pieces) override {
    boost::system::error_code ec;
    const std::size_t size = socket_.write_some(ToBuffers(pieces), ec);
    return ec ? 0 : size;  // a real error comes back from WriteAll
  }

  Task<Status> WriteAll(Pieces pieces, Deadline by) override {
    Arm(write_, by);
    while (TotalSize(pieces) > 0) {
      const auto [ec, size] = co_await socket_.async_write_some(ToBuffers(pieces), kNoThrow);
      if (ec) {
        Disarm(write_);
        co_return Failure(write_);
      }
      Advance(pieces, size);
    }
    Disarm(write_);
    co_return Ok();
  }

  Task<void> Goodbye(Deadline by) override {
    ShutdownWrite();
    co_await Drain(by);
    Close();
  }

 private:
  Socket& socket() override { return socket_; }

  Socket socket_;
};

/// See MakeUpgradedStream.
class UpgradedStream final : public ByteStream {
 public:
  UpgradedStream(std::shared_ptr<Transport> transport, std::string ahead)
      : transport_(std::move(transport)), ahead_(std::move(ahead)) {}
  ~UpgradedStream() override { transport_->Close(); }
  UpgradedStream(const UpgradedStream&) = delete;
  UpgradedStream& operator=(const UpgradedStream&) = delete;

  Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) override {
    if (ahead_.empty()) return transport_->Read(into, by);
    return ReadAhead(into);
  }
  Task<Status> Write(std::span<const char> data, Deadline by) override {
    return transport_->Write(data, by);
  }
  bool PeerEnded() override { return transport_->PeerEnded(); }
  void ShutdownWrite() override { transport_->ShutdownWrite(); }
  void Close() override { transport_->Close(); }

 private:
  Task<Result<std::size_t>> ReadAhead(std::span<char> into) {
    const std::size_t size = std::min(into.size(), ahead_.size());
    std::copy_n(ahead_.data(), size, into.data());
    ahead_.erase(0, size);
    co_return size;
  }

  std::shared_ptr<Transport> transport_;  // shared: the server closes what outlives its grace
  std::string ahead_;
};

}  // namespace

std::size_t TotalSize(const Pieces& pieces) {
  return pieces[0].size() + pieces[1].size() + pieces[2].size();
}

void Advance(Pieces& pieces, std::size_t count) {
  for (std::string_view& piece : pieces) {
    const std::size_t step = std::min(count, piece.size());
    piece.remove_prefix(step);
    count -= step;
  }
}

Transport::Transport(std::shared_ptr<Watchdog> dog) : watch_(std::move(dog), *this) {}

Task<Status> Transport::Write(std::span<const char> data, Deadline by) {
  Pieces pieces{std::string_view(data.data(), data.size())};
  Advance(pieces, WriteNow(pieces));
  if (TotalSize(pieces) == 0) co_return Ok();
  co_return co_await WriteAll(pieces, by);
}

bool Transport::PeerEnded() {
  pollfd wanted{.fd = socket().native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&wanted, 1, 0) == 1;
}

void Transport::ShutdownWrite() {
  boost::system::error_code ec;  // already gone: then the peer knows
  socket().shutdown(Socket::shutdown_send, ec);
}

void Transport::Close() {
  boost::system::error_code ec;  // nothing can be done about it
  socket().close(ec);
}

Task<void> Transport::Drain(Deadline by) {
  // Bounded: a peer that keeps sending is not listened to for ever.
  static constexpr std::size_t kMax = 1U << 20U;
  std::array<char, 4096> scrap;
  Arm(read_, by);
  for (std::size_t seen = 0; seen < kMax;) {
    const auto [ec, size] = co_await socket().async_read_some(asio::buffer(scrap), kNoThrow);
    if (ec) break;
    seen += size;
  }
  Disarm(read_);
}

bool Transport::Quiet() {
  char byte = 0;
  const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Error Transport::Failure(const Side& side) {
  if (side.expired) return Error(Code::kDeadlineExceeded, "The peer was too slow.");
  return Error(Code::kUnavailable, "The connection is broken.");
}

Deadline Transport::Check(MonoTime now) {
  for (Side* side : {&read_, &write_}) {
    if (side->by > now) continue;
    side->by = kNever;
    side->expired = true;
    boost::system::error_code ec;  // closed meanwhile: then nobody waits any more
    socket().cancel(ec);
  }
  return std::min(read_.by, write_.by);
}

std::unique_ptr<Transport> MakePlainTransport(Socket socket, std::shared_ptr<Watchdog> dog) {
  return std::make_unique<PlainTransport>(std::move(socket), std::move(dog));
}

std::unique_ptr<ByteStream> MakeUpgradedStream(std::shared_ptr<Transport> transport,
                                               std::string ahead) {
  return std::make_unique<UpgradedStream>(std::move(transport), std::move(ahead));
}

}  // namespace atelier::http
