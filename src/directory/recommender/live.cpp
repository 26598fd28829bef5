#include "directory/recommender/live.h"

#include <utility>

#include "base/text.h"
#include "model/item_filter.h"
#include "model/recommender_use.h"

namespace atelier::directory {

using model::DocumentFields;

std::shared_ptr<RecommenderData::Snapshot> LiveRecommender::BeginSnapshot(const std::string& of) {
  auto& snapshot = snapshots[of];
  if (snapshot != nullptr) return nullptr;
  snapshot = FreedOn(pool, std::make_unique<RecommenderData::Snapshot>());
  snapshot->users = static_cast<std::int64_t>(users.size());
  snapshot->items = static_cast<std::int64_t>(items.size());
  snapshot->behaviors = behaviors;
  return snapshot;
}

void LiveRecommender::Count(const DocumentChange& change) {
  switch (change.table) {
    case model::DocumentTable::user:
      if (change.put)
        users.insert(change.key);
      else
        users.erase(change.key);
      return;
    case model::DocumentTable::item:
      if (change.put)
        items.insert(change.key);
      else
        items.erase(change.key);
      return;
    case model::DocumentTable::behavior:
      if (!change.put) return;  // they go with their instance alone
      ++behaviors;
      CountTrace(change.put->fields);
      return;
  }
}

void LiveRecommender::CountTrace(const DocumentFields& behavior) {
  const auto trace = model::TraceOf(behavior);
  if (!trace) return;
  ++traced[std::string(FieldOf(behavior, "bhv_type"))];
  const auto answered = versions.find(std::string(trace->version));
  if (answered != versions.end()) ++answered->second.traced;
}

void LiveRecommender::Take(const DocumentChange& change) {
  recommender::Data& data = recommender.data();
  switch (change.table) {
    case model::DocumentTable::user:
      if (change.put) {
        interests[change.key] = SplitList(FieldOf(change.put->fields, "content"));
      } else {
        interests.erase(change.key);  // their behaviors are records of their own, and stay
      }
      return;
    case model::DocumentTable::item:
      if (change.put) {
        data.PutItem(ItemOf(change.put->fields));
        DocumentFields kept = change.put->fields;
        std::erase_if(kept,
                      [](const auto& field) { return !model::ItemFilter::Knows(field.first); });
        fields[change.key] = std::move(kept);
      } else {
        data.RemoveItem(change.key);
        fields.erase(change.key);
      }
      return;
    case model::DocumentTable::behavior:
      if (change.put) data.Add(BehaviorOf(*change.put));
      return;
  }
}

std::vector<Recommended> LiveRecommender::Answer(const RecommendQuery& query) {
  recommender::Query asked;
  asked.kind = query.kind;
  asked.user = query.user;
  asked.items = query.items;
  asked.count = query.count;
  asked.scene = query.scene;
  asked.now = query.now;
  const auto liked = interests.find(query.user);
  if (liked != interests.end()) asked.interests = liked->second;
  if (query.filter) {
    asked.admits = [&](std::string_view key) {
      const auto found = fields.find(std::string(key));
      return found != fields.end() && query.filter->Admits(found->second);
    };
  }
  std::vector<Recommended> answer;
  std::vector<std::string> served;
  recommender::Data& data = recommender.data();
  for (recommender::Pick& pick : recommender.Recommend(asked)) {
    double weight = 1;
    if (const auto number = data.FindItem(pick.item)) {
      const recommender::Item* item = data.ItemAt(*number);
      if (item != nullptr) weight = item->weight;
    }
    served.push_back(pick.item);
    answer.push_back({.pick = std::move(pick), .weight = weight});
  }
  // Of a stranger nothing is kept: anybody could fill the memory with made-up names.
  if (liked != interests.end() || data.FindUser(query.user))
    data.MarkServed(query.user, served, query.now);
  return answer;
}

}  // namespace atelier::directory
