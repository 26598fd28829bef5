#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/raii.h"
#include "base/task.h"
#include "http/message.h"
#include "http/stream.h"
#include "http/trusted_proxies.h"

namespace atelier::http {

/// One request being answered. Exactly one of Send, Begin...Finish, or Upgrade ends it. Lives until
/// the handler returns; a handler that returns without an answer gets its connection closed and a
/// log line.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& head() const = 0;

  // The body may be read while an answer is streamed, once the first read has returned; otherwise
  // one call at a time. A client that waits for `100 Continue` gets it from the first read.

  /// The whole body. ResourceExhausted: larger than `limit`; DeadlineExceeded: the client is too
  /// slow; InvalidArgument: broken chunked framing; Unavailable: the client is gone.
  virtual Task<Result<std::string>> ReadBody(std::size_t limit) = 0;
  /// The same with a deadline of its own.
  virtual Task<Result<std::string>> ReadBodyBy(std::size_t limit, Deadline /*by*/) {
    return ReadBody(limit);
  }
  /// Ends the connection, and with it every wait for it.
  virtual void Cut() {}
  /// Returns once the client has closed its side, which counts as giving up although it might still
  /// read; never otherwise. What it sends meanwhile is kept for what follows. Not beside a read of
  /// the body. Afterwards no answer is due.
  virtual Task<void> GivenUp() = 0;
  /// The next piece of the body, for streaming; 0 at its end.
  virtual Task<Result<std::size_t>> ReadSome(std::span<char> into) = 0;
  /// Whether the end of the body is known to have been read: the next ReadSome gives 0 at once.
  virtual bool BodyRead() const = 0;

  /// An empty answer to build one in, with the memory of an earlier one if there is some. Send
  /// takes it back.
  virtual Response Spare() { return {}; }
  /// A complete answer. Unavailable, DeadlineExceeded: it did not reach the client. Ok: it may
  /// have; where the handler runs on another thread, what ends an answer leaves once it has
  /// returned.
  virtual Task<Status> Send(Response response) = 0;
  /// A streamed answer: Content-Length as given in `head`, else chunked.
  virtual Task<Status> Begin(ResponseHead head) = 0;
  virtual Task<Status> WriteSome(std::span<const char> data) = 0;
  /// Without it the connection is cut, so that the client does not take a part for the whole.
  virtual Task<Status> Finish() = 0;

  /// Sends `head` (101, headers as given) and hands over the bytes of the connection, what was read
  /// ahead included. The connection's limits no longer apply; the caller sets its own deadlines.
  virtual Task<Result<std::unique_ptr<ByteStream>>> Upgrade(ResponseHead head) = 0;
};

/// Answers requests. Called once a request, concurrently for different connections, on the I/O
/// thread; the rest on the thread of whatever loop the connection is of
/// (ServerOptions::more_loops).
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<void> Handle(Exchange& exchange) = 0;
  /// On a further loop, the `loop`-th of them, from 1: the answer to what needs neither to wait nor
  /// to be on the I/O thread. Only the exchange's head and Spare are for use. nullopt, and nothing
  /// has happened: it is for Handle.
  virtual std::optional<Response> AnswerAtOnce(Exchange& /*exchange*/, std::size_t /*loop*/) {
    return std::nullopt;
  }
  /// The answer to what never becomes a request (bad request line, header too large, timeout): a
  /// JSON object, as every answer is (docs/contract/errors.md section 1). `code` is InvalidArgument
  /// (400), ResourceExhausted (header too large: 431), DeadlineExceeded (408) or Unavailable (too
  /// many connections: 503).
  virtual Response Refuse(const Error& error) = 0;
  /// Whether a request is answered although all connections are taken: cheap ones that tell how the
  /// server does.
  virtual bool AnswersWhenFull(const RequestHead& /*head*/) const { return false; }
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;            // 0: any free one
  std::string tls_certificate = {};  // PEM file; empty: plain HTTP
  std::string tls_key = {};
  std::size_t max_header_bytes = 64U << 10U;
  /// At most half of the descriptors that the process may open. Once as many are open, a new one
  /// takes the place of the one that has been idle longest; if none is idle, it is answered 503.
  std::size_t max_connections = 10'000;
  std::size_t servers = 1;          // of the process, which divide those evenly
  Duration header_timeout{10'000};  // for a request head, from its first byte
  Duration idle_timeout{75'000};    // between requests of a kept-alive connection
  Duration body_timeout{60'000};    // for ReadBody as a whole, for each ReadSome
  Duration write_timeout{60'000};   // for one write to a client that does not read
  TrustedProxies trusted_proxies = {};
  /// Further event loops, each run by one thread of its own, that divide the connections with the
  /// first. What AnswerAtOnce answers is answered there; each call of the handler of another
  /// request is carried there and back. Empty: one thread does everything.
  std::vector<asio::any_io_executor> more_loops = {};
};

/// Of `wanted` as many as there can be: a connection through the gateway takes two descriptors.
std::size_t MostConnections(std::size_t wanted);

/// HTTP/1.1 with keep-alive and pipelining (answered in order), over TCP or TLS. Threads: that of
/// the first loop.
class Server {
 public:
  virtual ~Server() = default;
  /// Binds and serves. Unavailable: the address cannot be bound; InvalidArgument: bad certificate.
  virtual Status Start() = 0;
  virtual std::uint16_t port() const = 0;
  /// Serves plain HTTP on a TCP socket that listens already, in whatever network it was made, until
  /// the answer is dropped. All who come that way count as one client of the name `source`, which
  /// is no address. Only once started; ends with Stop.
  virtual std::shared_ptr<void> Serve(UniqueFd listening, std::string source) = 0;
  /// New connections get the files as they are now; on an error the old certificate stays.
  virtual Status ReloadCertificate() = 0;
  virtual std::size_t connections() const = 0;
  /// Stops accepting, closes idle connections, lets requests under way finish until `by`, then
  /// closes all; upgraded connections as soon as they are all that is left. Handlers have returned
  /// when it does.
  virtual Task<void> Stop(Deadline by) = 0;
};

/// `io`: the first loop. `clock` sleeps on the loop of who calls it.
std::unique_ptr<Server> MakeServer(ServerOptions options, Handler& handler,
                                   asio::any_io_executor io, Clock& clock, Logger& log);

}  // namespace atelier::http
