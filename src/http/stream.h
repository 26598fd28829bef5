#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "base/clock.h"
#include "base/task.h"

namespace atelier::http {

/// A connected, ordered byte stream: TCP, TLS or unix socket. One reader and one writer at a time.
/// Destroying it closes the connection.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Bytes read, at least one; 0 at the end of the stream. DeadlineExceeded; Unavailable: broken.
  virtual Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) = 0;
  /// All of `data` or an error.
  virtual Task<Status> Write(std::span<const char> data, Deadline by) = 0;
  /// Whether the peer has ended its side, although bytes of it may still be unread.
  virtual bool PeerEnded() = 0;
  /// Ends the write side: the peer reads the end of the stream.
  virtual void ShutdownWrite() = 0;
  /// Ends both sides at once; waits under way return an error.
  virtual void Close() = 0;
};

}  // namespace atelier::http
