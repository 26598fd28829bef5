#include "store/audit.h"

#include <fmt/format.h>

namespace atelier::store {

Write Audit(const model::Actor& actor, std::string target, WallTime now) {
  const model::AuditRecord record{.time = now, .actor = actor, .target = std::move(target)};
  return Write::Put(Kind::kAudit, AuditKeysFrom(now) + "-" + actor.request_id, ToJson(record));
}

std::string AuditKeysFrom(WallTime time) {
  return fmt::format("{:020}", time.time_since_epoch().count());
}

}  // namespace atelier::store
