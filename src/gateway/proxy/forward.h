#pragma once
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/task.h"
#include "http/client.h"
#include "http/server.h"

namespace atelier::gateway {

/// What came of handing a request to an instance.
struct Forwarded {
  int status =
      0;  // of the instance's answer, which the client has or is cut off from; 0: see `failure`
  /// The instance did not answer; an answer of ours is still possible, if none has begun.
  std::optional<Error> failure = std::nullopt;
  bool by_client = false;  // the failure: the body of its request did not arrive
  /// Both set: the instance agreed to leave HTTP.
  std::unique_ptr<http::ByteStream> client = nullptr;
  std::unique_ptr<http::ByteStream> upstream = nullptr;
};

/// Sends `head` with the body of `exchange` to the instance and its answer back, piece by piece:
/// neither is ever held as a whole. `patience`: for the instance to take or give the next piece.
Task<Forwarded> Forward(http::Exchange& exchange, http::Client& client, http::Address address,
                        http::RequestHead head, Duration patience, Clock& clock);

}  // namespace atelier::gateway
