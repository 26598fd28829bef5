#pragma once
#include "base/pool.h"
#include "http/server.h"
#include "processor/host/library.h"

namespace atelier::processor {

/// Largest body of a request, in bytes. Larger ones are answered 413.
inline constexpr std::size_t kMaxBody = 64U << 20U;

/// Answers whatever the path and the method by the library, as many at once as `workers` has
/// threads; GET /api/builtin/ping without it, for health checks.
class Handler final : public http::Handler {
 public:
  Handler(const Library& library, Pool& workers) : library_(library), workers_(workers) {}
  Task<void> Handle(http::Exchange& exchange) override;
  http::Response Refuse(const Error& error) override;

 private:
  const Library& library_;
  Pool& workers_;
};

}  // namespace atelier::processor
