#pragma once
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

#include "base/raii.h"

namespace atelier::test {

/// A port of this host.
sockaddr_in Loopback(std::uint16_t port);

/// An answer as the bytes say it; no library between the server and the test.
struct RawResponse {
  int status = 0;    // 0: the connection ended without an answer
  std::string head;  // status line and headers, without the empty line
  std::string body;  // chunked framing taken off
  /// Value of the first header of this name (exact spelling); empty when absent.
  std::string Header(std::string_view name) const;
};

/// A blocking TCP connection, to 127.0.0.1 or accepted, that gives up after ten seconds. Throws
/// std::runtime_error where a test cannot go on.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : RawClient(port, 1) {}
  /// From 127.0.0.`host`: somebody else's address.
  RawClient(std::uint16_t port, std::uint8_t host);

  /// False: the peer has closed.
  bool Send(std::string_view bytes);
  /// One answer. `bodiless`: to a HEAD request.
  RawResponse Read(bool bodiless = false);
  RawResponse Ask(std::string_view request) {
    Send(request);
    return Read(request.starts_with("HEAD "));
  }
  /// What comes next, at least one byte; empty at the end of the stream.
  std::string ReadSome();
  /// Exactly `size` bytes, fewer only at the end of the stream.
  std::string ReadExactly(std::size_t size);
  /// Everything up to and with `end`, which ends a piece that was sent; or up to the end of the
  /// stream.
  std::string ReadUntil(std::string_view end);
  /// Everything up to the end of the stream.
  std::string ReadAll();
  void ShutdownWrite();
  /// Closes so that the peer sees a reset, not an end.
  void Reset();
  void Close() { fd_.Reset(); }

 private:
  friend class RawListener;
  explicit RawClient(UniqueFd fd);
  bool Fill();
  std::string TakeLine();

  UniqueFd fd_;
  std::string buffer_;
};

/// A listening socket of ours that answers nothing by itself: stands in for upstreams.
class RawListener {
 public:
  RawListener();
  std::uint16_t port() const { return port_; }
  /// Whether a client has connected and waits to be accepted.
  bool Pending() const;
  /// The next client's connection; waits for it.
  RawClient Accept() const;

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

/// Open descriptors of this process.
std::size_t OpenDescriptors();

}  // namespace atelier::test
