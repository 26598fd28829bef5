#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "http/message.h"
#include "http/origin.h"
#include "http/stream.h"

namespace atelier::http {

/// Where to connect: a unix socket, or host and port.
struct Address {
  std::string unix_path = {};
  std::string host = {};
  std::uint16_t port = 0;
  bool tls = false;         // host and port only
  std::string tls_ca = {};  // PEM file; empty: the system's
  friend bool operator==(const Address&, const Address&) = default;
};

Address AddressOf(const WebOrigin& origin);

/// How the body of a request begins.
struct BodyStart {
  bool has_body = false;
  std::string_view first = {};  // bytes of it that go out with the head; used until Open returns
  bool whole = false;           // there is no more of it: neither WriteSome nor FinishBody follows
};

/// Waits for the one for whom an exchange is made to give up; returns at that only. Called any
/// number of times, one wait after the other.
using GivenUp = std::function<Task<void>()>;

/// One request to an upstream, answered piece by piece.
class ClientExchange {
 public:
  virtual ~ClientExchange() = default;
  // Writing and reading may go on at the same time: an upstream may answer before it has the whole
  // body. Where Open was given a GivenUp, a wait may end as Cancelled.

  /// Any number of times, when the request has a body; FinishBody at its end.
  virtual Task<Status> WriteSome(std::span<const char> data, Deadline by) = 0;
  virtual Task<Status> FinishBody(Deadline by) = 0;
  /// Interim answers (1xx) are skipped, 101 is not. Unavailable: the upstream closed without an
  /// answer; InvalidArgument: it does not speak HTTP.
  virtual Task<Result<ResponseHead>> ReadHead(Deadline by) = 0;
  /// Appends what has arrived of the answer's body by now. True: that was its end, and the
  /// connection goes back to the pool if it can. InvalidArgument: its framing is broken.
  virtual Result<bool> TakeArrived(std::string& body) = 0;
  /// 0 at the end of the body; the connection then goes back to the pool if it can.
  virtual Task<Result<std::size_t>> ReadSome(std::span<char> into, Deadline by) = 0;
  /// After a 101: the raw bytes from here on. Ends the exchange.
  virtual std::unique_ptr<ByteStream> TakeStream() = 0;
};

/// Connections to upstreams, pooled by address. Exchanges may outlive it. Threads: the I/O thread.
class Client {
 public:
  struct Options {
    std::size_t max_idle_per_address = 16;
    Duration idle_timeout{30'000};
  };
  virtual ~Client() = default;

  /// Sends the head, and what is given of the body, in one write. A Content-Length header in `head`
  /// is kept for a body, else it goes chunked unless it is whole. Connection, Content-Length and
  /// Transfer-Encoding headers are the client's to write, but for the Connection of a request that
  /// has an Upgrade header.
  ///
  /// Unavailable: cannot connect, or the connection broke before all of that was out. Nobody can
  /// have acted on it, so any request may then be given to another upstream. A request that a
  /// reused connection lost before any byte of the answer is repeated once on a fresh one if it has
  /// no body and its method is idempotent; every other one uses no connection that has rested for
  /// long, which its upstream might be closing at this moment.
  ///
  /// `given_up` ends the waits for the upstream: to connect and to take more of the request; and,
  /// unless more of the body follows, for the answer and its pieces.
  virtual Task<Result<std::unique_ptr<ClientExchange>>> Open(Address address, RequestHead head,
                                                             BodyStart body, Deadline by,
                                                             GivenUp given_up = {}) = 0;
  /// A whole small exchange. ResourceExhausted: the answer's body is larger than `limit`.
  virtual Task<Result<Response>> Fetch(Address address, RequestHead head, std::string body,
                                       std::size_t limit, Deadline by) = 0;
};

std::unique_ptr<Client> MakeClient(Client::Options options, asio::any_io_executor io, Clock& clock);

}  // namespace atelier::http
