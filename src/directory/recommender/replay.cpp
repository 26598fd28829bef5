#include "directory/recommender/replay.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace atelier::directory {

void Replay::Note(const model::DocumentRecord& behavior, model::Revision revision) {
  arrivals_.push_back({.revision = revision,
                       .order = behavior.order,
                       .read = arrivals_.size(),
                       .step = live_->recommender.data().StepOf(BehaviorOf(behavior))});
}

void Replay::Resume(const model::DataSet& set, model::Revision asked) {
  auto snapshot = live_->BeginSnapshot(set.version);
  // Users and items may have been changed since: only who asked knew how many there were.
  snapshot->users = set.users;
  snapshot->items = set.items;
  imports_.push_back({.asked = asked, .snapshot = std::move(snapshot)});
}

void Replay::Run() {
  recommender::Data& data = live_->recommender.data();
  // Records that do not tell their order yet stay in the order of their keys.
  std::ranges::sort(arrivals_, {}, [](const Arrival& arrival) {
    return std::tuple(arrival.revision, arrival.order, arrival.read);
  });
  std::ranges::sort(imports_, {}, &Import::asked);
  auto next = imports_.begin();
  std::int64_t added = 0;
  const auto take_until = [&](model::Revision revision) {
    for (; next != imports_.end() && next->asked < revision; ++next) {
      next->snapshot->histories = data.TakeSnapshot();
      next->snapshot->behaviors = added;
    }
  };
  for (const Arrival& arrival : arrivals_) {
    take_until(arrival.revision);
    data.Add(arrival.step);
    ++added;
  }
  take_until(std::numeric_limits<model::Revision>::max());
  arrivals_ = {};
  imports_ = {};
}

}  // namespace atelier::directory
