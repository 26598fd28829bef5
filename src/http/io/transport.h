#pragma once
#include <array>
#include <memory>
#include <string_view>

#include <boost/asio/generic/stream_protocol.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "http/io/watchdog.h"
#include "http/stream.h"

namespace atelier::http {

/// TCP and unix sockets alike.
using Socket = asio::generic::stream_protocol::socket;

/// What one write puts on the wire, in order: head, framing, body. Views: valid until the write
/// returns.
using Pieces = std::array<std::string_view, 3>;

std::size_t TotalSize(const Pieces& pieces);
/// Drops the first `count` bytes.
void Advance(Pieces& pieces, std::size_t count);

/// A socket with deadlines. A missed deadline ends every wait of the connection.
class Transport : public ByteStream, private Watchdog::Watched {
 public:
  explicit Transport(std::shared_ptr<Watchdog> dog);

  Task<Status> Write(std::span<const char> data, Deadline by) override;
  bool PeerEnded() override;
  void ShutdownWrite() override;
  void Close() override;

  /// TLS agrees on its keys; a plain connection has nothing to agree on.
  virtual Task<Status> Handshake(Deadline by) = 0;
  /// As much as the kernel takes at once, without waiting; often all, which spares a trip through
  /// the scheduler. 0: use WriteAll.
  virtual std::size_t WriteNow(const Pieces& pieces) = 0;
  virtual Task<Status> WriteAll(Pieces pieces, Deadline by) = 0;
  /// Ends the connection so that the peer can still read what was written: closing with unread
  /// input would make the kernel reset the connection and drop our answer.
  virtual Task<void> Goodbye(Deadline by) = 0;

  /// Between two exchanges: the peer has neither closed nor spoken.
  bool Quiet();

 protected:
  /// One direction's wait.
  struct Side {
    Deadline by = kNever;
    bool expired = false;
  };
  virtual Socket& socket() = 0;

  void Arm(Side& side, Deadline by) {
    side = {.by = by, .expired = false};
    watch_.Expect(by);
  }
  /// Ends the wait; what a failed one means.
  static void Disarm(Side& side) { side.by = kNever; }
  static Error Failure(const Side& side);
  /// Reads and drops what the peer still sends, up to its end.
  Task<void> Drain(Deadline by);

  Side read_;
  Side write_;

 private:
  Deadline Check(MonoTime now) override;

  Watchdog::Watch watch_;
};

/// Takes over a connected socket.
std::unique_ptr<Transport> MakePlainTransport(Socket socket, std::shared_ptr<Watchdog> dog);

/// What Upgrade hands over: the connection, and first the bytes that were read ahead of it.
std::unique_ptr<ByteStream> MakeUpgradedStream(std::shared_ptr<Transport> transport,
                                               std::string ahead);

}  // namespace atelier::http
