#pragma once
#include <mutex>

#include "base/log.h"
#include "store/store.h"

namespace atelier::store {

/// Whether a store can write, and why not; logs when that changes. Threads: any.
class WriteHealth {
 public:
  explicit WriteHealth(Logger& log) : log_(log) {}
  void Note(const Status& outcome);
  Health Get() const;

 private:
  Logger& log_;
  mutable std::mutex mutex_;
  Health health_;
};

}  // namespace atelier::store
