#pragma once
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/task.h"
#include "gateway/proxy/traffic.h"
#include "http/stream.h"

namespace atelier::gateway {

struct TunnelOptions {
  Duration idle;         // without a byte either way
  Duration linger;       // for the second direction, once the first has ended
  Duration check_every;  // between two calls of `still_allowed`
};

/// Carries bytes both ways until one side breaks, both have ended, one has ended and the other does
/// not follow within `linger`, nothing moves any more, or it is no longer allowed. Then closes both
/// sides. Counted in `traffic`.
Task<void> Tunnel(std::unique_ptr<http::ByteStream> client,
                  std::unique_ptr<http::ByteStream> upstream, TunnelOptions options,
                  std::function<bool()> still_allowed, Clock& clock, Traffic& traffic);

}  // namespace atelier::gateway
