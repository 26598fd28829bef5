#include "store/common/write_health.h"

namespace atelier::store {

Health WriteHealth::Get() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void WriteHealth::Note(const Status& outcome) {
  const std::lock_guard lock(mutex_);
  if (health_.writable == outcome.has_value()) return;
  if (outcome) {
    health_ = {};
    log_.Info("store.writable_again");
  } else {
    health_ = {.writable = false, .why_not = outcome.error().message()};
    log_.Error("store.not_writable", {{"error", outcome.error().ToString()}});
  }
}

}  // namespace atelier::store
