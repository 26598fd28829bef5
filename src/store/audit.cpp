#include "store/audit.h"

#include <fmt/format.h>

namespace atelier::store {

Write Audit(const model::Actor& actor, std::string target, WallTime now) {
  const model::AuditRecord record{.time = now, .actor = actor, .target = std::move(target)};
  return Write::Put(Kind::kAudit,
                    fmt::format("{:020}-{}", now.time_since_epoch().count(), actor.request_id),
                    ToJson(record));
}

}  // namespace atelier::store
