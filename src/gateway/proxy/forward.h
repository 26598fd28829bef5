#pragma once
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/task.h"
#include "gateway/proxy/checked_body.h"
#include "gateway/proxy/headers.h"
#include "gateway/proxy/traffic.h"
#include "http/client.h"
#include "http/server.h"

namespace atelier::gateway {

/// The body of a client's request. Its first piece stays in memory until an instance has it, so
/// that it can be offered to another one.
class Upload {
 public:
  /// `checked`: to be read through this, which outlives it.
  explicit Upload(http::Exchange& exchange, CheckedBody* checked = nullptr)
      : exchange_(exchange), checked_(checked), has_body_(exchange.head().has_body()) {}

  /// Waits for the first piece, before an instance is bothered: the client is there, and was told
  /// to continue if it asked. The error is the client's. Unauthenticated: of `checked`.
  Task<Status> Begin();
  /// For Client::Open.
  http::BodyStart start() const;
  std::size_t first_size() const { return size_; }
  bool more() const { return has_body_ && !whole_; }
  /// The next piece, which overwrites the one before; empty at the end.
  Task<Result<std::string_view>> Next();

 private:
  Task<Result<std::size_t>> Read();

  http::Exchange& exchange_;
  CheckedBody* const checked_;
  bool has_body_;
  bool whole_ = false;  // the first piece is all
  std::unique_ptr<char[]> piece_;
  std::size_t size_ = 0;
};

/// In the log, of a request whose client gave up: there is no answer (as nginx has it).
inline constexpr int kGivenUpStatus = 499;

/// What came of handing a request to an instance.
struct Forwarded {
  int status =
      0;  // of the instance's answer, which the client has or is cut off from; 0: see `failure`
  /// The instance did not answer; an answer of ours is still possible, if none has begun.
  std::optional<Error> failure = std::nullopt;
  bool by_client = false;  // the failure: the body of its request did not arrive
  bool given_up = false;   // the failure: the client is gone, and no answer is due
  /// The failure: the instance cannot have acted on the request, for it never had all of its head
  /// and first piece. Another one may be tried.
  bool not_sent = false;
  /// Both set: the instance agreed to leave HTTP.
  std::unique_ptr<http::ByteStream> client = nullptr;
  std::unique_ptr<http::ByteStream> upstream = nullptr;
};

/// Sends `head` with `upload`, which has begun, to the instance, and its answer back: in one write
/// if it has arrived as a whole, else piece by piece; neither is ever held as a whole beyond that.
/// Its head is confined to `realm`.
/// `patience`: for the instance to take or give the next piece; to begin its answer, once it has
/// all of the body. `flow` counts the bytes of the bodies.
Task<Forwarded> Forward(http::Exchange& exchange, Upload& upload, http::Client& client,
                        http::Address address, http::RequestHead head, Realm realm,
                        Duration patience, Clock& clock, Flow& flow);

}  // namespace atelier::gateway
