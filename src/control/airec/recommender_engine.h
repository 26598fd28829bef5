#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/task.h"
#include "control/core/held_shards.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "store/store.h"

namespace atelier::control {

/// Keeps in the store what recommenders recommended, and carries imports through: a snapshot, a
/// training, a file, a commit. One at a time, on a thread of its own, so that recommendations and
/// all else go on. Level-triggered: what a data set's record says is done, also after a crash, from
/// the start of the step that was cut off; by who holds the recommender's shard.
///
/// Threads: the I/O thread, LoadModels excepted.
class RecommenderEngine : public store::Listener {
 public:
  struct Options {
    std::string folder;                                    // of the models
    std::size_t training_bytes = std::size_t{256} << 20U;  // at most, beside the data
    Duration stop_within = std::chrono::seconds(5);        // of a training that is told to end
  };
  RecommenderEngine(store::Store& store, HeldShards& shards,
                    const directory::RecommenderDirectory& directory,
                    directory::RecommenderData& data, Clock& clock, Logger& log,
                    asio::any_io_executor io, Options options);
  ~RecommenderEngine() override;
  RecommenderEngine(const RecommenderEngine&) = delete;
  RecommenderEngine& operator=(const RecommenderEngine&) = delete;

  /// Lets every live version answer. Blocking; after the read models, before Start.
  void LoadModels();
  void Apply(std::span<const store::Change> changes) override;
  void Start();
  /// A training under way is told to end; its data set stays Importing, and the next start begins
  /// it anew. What was recommended is in the store, if that can be written to.
  Task<void> Stop();

  /// Brings the model of a version into memory, so that the commit that makes it live swaps it at
  /// once. DataLoss: it is gone or damaged. Unavailable: it cannot be read now.
  Task<Status> Prepare(model::RecommenderId id, std::string version);
  /// 0 to 100 of an import that is under way or waits; nothing for all others.
  std::optional<std::int64_t> PercentOf(const model::RecommenderId& id,
                                        const std::string& version) const;
  /// Nothing is being imported or erased, nor waits to be.
  bool Idle() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace atelier::control
