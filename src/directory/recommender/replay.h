#pragma once
#include <cstdint>
#include <vector>

#include "directory/recommender/live.h"
#include "model/data_set.h"

namespace atelier::directory {

/// Brings the behaviours of one instance, which a store gives in the order of their keys, back into
/// the order in which they came: after a start its histories are what they were before, and an
/// import that was cut off begins with what it began with.
///
/// Takes 56 bytes a behaviour, until Run. Before the strand of the instance is used.
class Replay {
 public:
  explicit Replay(LiveRecommenderPtr live) : live_(std::move(live)) {}

  void Note(const model::DocumentRecord& behavior, model::Revision revision);
  /// `asked`: the revision of the record of `set`, which is Importing.
  void Resume(const model::DataSet& set, model::Revision asked);
  /// Gives the behaviours to the instance, and takes the snapshots where they belong. Once, and
  /// sooner than the items are put: then the orders of popularity are made once, not moved with
  /// each behaviour.
  void Run();

 private:
  struct Arrival {
    model::Revision revision = 0;
    std::int64_t order = 0;
    std::size_t read = 0;  // so many before it
    recommender::Data::Step step;
  };
  struct Import {
    model::Revision asked = 0;
    std::shared_ptr<RecommenderData::Snapshot> snapshot;
  };

  LiveRecommenderPtr live_;
  std::vector<Arrival> arrivals_;
  std::vector<Import> imports_;
};

}  // namespace atelier::directory
