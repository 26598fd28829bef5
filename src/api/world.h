#pragma once
#include <mutex>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/writer_first_mutex.h"
#include "store/store.h"

namespace atelier::api {

/// Keeps what requests on several threads read as it is while they read it
/// (docs/decisions/0050-request-threads.md).
///
/// The control thread, on which the store's listeners are, holds it while the read models take a
/// slice of changes, and reads them without it: nobody else changes them. Every other thread reads
/// them within Read alone, and keeps no pointer into them beyond.
class World final : public store::Listener {
 public:
  /// `models`: the read models that such requests use, in the order in which they listen; they
  /// outlive it.
  explicit World(std::vector<store::Listener*> models) : models_(std::move(models)) {}

  void Apply(std::span<const store::Change> changes) override;

  using Reading = std::shared_lock<WriterFirstMutex>;
  /// Waits for a slice of changes at most. Not twice on a thread.
  [[nodiscard]] Reading Read() const { return Reading(mutex_); }
  using Changing = std::unique_lock<WriterFirstMutex>;
  /// For what changes beside the feed. Control thread. Waits for the requests that read.
  [[nodiscard]] Changing Change() const { return Changing(mutex_); }

 private:
  mutable WriterFirstMutex mutex_;
  const std::vector<store::Listener*> models_;
};

}  // namespace atelier::api
