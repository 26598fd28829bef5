#include "control/airec/recommender/push.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"

namespace atelier::control {

using model::Document;
using model::DocumentCommand;
using model::DocumentTable;
using store::Kind;
using store::Write;

Task<Result<store::Batch>> PushPlan::Make(const std::vector<Document>& documents) {
  if (table_ == DocumentTable::behavior) ATELIER_CO_RETURN_IF_ERROR(CheckItems(documents));
  for (const Document& document : documents) {
    const std::string key =
        recommender_.id.str() + "/" + model::DocumentKey(table_, document.fields);
    ATELIER_CO_RETURN_IF_ERROR(co_await Add(key, document));
  }
  ATELIER_CO_RETURN_IF_ERROR(CheckQuota());
  co_return ToBatch();
}

/// In the order of the push: read models are told in it, and records remember it.
store::Batch PushPlan::ToBatch() {
  std::vector<std::pair<const std::string, Change>*> ordered;
  for (auto& change : changes_) {
    if (change.second.writes) ordered.push_back(&change);
  }
  std::ranges::sort(ordered, {}, [](const auto* change) { return change->second.order; });
  store::Batch batch;
  for (auto* const each : ordered) {
    auto& [key, change] = *each;
    if (change.fields) {
      const model::DocumentRecord record{.fields = *std::move(change.fields),
                                         .arrived = now_,
                                         .order = static_cast<std::int64_t>(change.order)};
      batch.push_back(Write::Put(Kind::kRecommenderDocument, key, ToJson(record), change.expected));
    } else {
      batch.push_back(Write::Delete(Kind::kRecommenderDocument, key, change.expected));
    }
  }
  return batch;
}

/// A behaviour with an item that nobody knows says nothing, and most likely its item was forgotten.
Status PushPlan::CheckItems(const std::vector<Document>& documents) const {
  Problems problems;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::string item = model::ItemKeyOf(documents[i].fields);
    if (data_.HasItem(recommender_.id, item)) continue;
    problems.Add(fmt::format("[{}].fields.item_id", i),
                 fmt::format("names the item {}, which the item table does not have", item));
  }
  if (problems.empty()) return Ok();
  return Error(Code::kInvalidArgument, problems.Join());
}

Task<Status> PushPlan::Add(std::string key, const Document& document) {
  const auto pending = changes_.find(key);
  const std::size_t order = changes_.size();
  if (table_ == DocumentTable::behavior) {
    if (pending != changes_.end()) co_return Ok();
    // Its key holds all of it: what is there is the same, and must not be counted again.
    bool there = false;
    if (!optimistic_) {
      ATELIER_CO_TRY(const auto present, co_await Find(key));
      there = present.has_value();
    }
    changes_.emplace(
        std::move(key),
        Change{.fields = document.fields, .expected = 0, .writes = !there, .order = order});
    co_return Ok();
  }
  switch (document.command) {
    case DocumentCommand::kAdd:
      if (pending != changes_.end())
        pending->second.fields = document.fields;
      else
        changes_.emplace(std::move(key),
                         Change{.fields = document.fields, .expected = {}, .order = order});
      co_return Ok();
    case DocumentCommand::kDelete:
      if (pending != changes_.end())
        pending->second.fields.reset();
      else
        changes_.emplace(std::move(key), Change{.fields = {}, .expected = {}, .order = order});
      co_return Ok();
    case DocumentCommand::kUpdate:
      break;
  }
  Change next{.fields = document.fields, .expected = 0, .order = order};
  if (pending != changes_.end()) {
    next = pending->second;
    if (!next.fields) next.fields.emplace();
  } else if (auto present = co_await Find(key); !present) {
    co_return std::move(present).error();
  } else if (*present) {
    ATELIER_CO_TRY(auto record, FromRecord<model::DocumentRecord>((*present)->body));
    next.fields = std::move(record.fields);
    next.expected = (*present)->revision;
  }
  for (const auto& [name, value] : document.fields) (*next.fields)[name] = value;
  changes_[key] = std::move(next);
  co_return Ok();
}

Task<Result<std::optional<store::Record>>> PushPlan::Find(std::string key) {
  auto record = co_await store_.Get(Kind::kRecommenderDocument, std::move(key));
  if (record) co_return std::optional(*std::move(record));
  if (record.error().code() == Code::kNotFound) co_return std::optional<store::Record>();
  co_return std::move(record).error();
}

Status PushPlan::CheckQuota() const {
  if (table_ == DocumentTable::behavior) return Ok();
  const bool users = table_ == DocumentTable::user;
  const std::string prefix = fmt::format("{}/{}/", recommender_.id.str(), EnumName(table_));
  std::int64_t more = 0;
  for (const auto& [key, change] : changes_) {
    const std::string name = key.substr(prefix.size());
    const bool there =
        users ? data_.HasUser(recommender_.id, name) : data_.HasItem(recommender_.id, name);
    if (change.fields && !there) ++more;
    if (!change.fields && there) --more;
  }
  const directory::RecommenderData::Counts used = data_.CountsOf(recommender_.id);
  const std::int64_t most = users ? recommender_.quota.users : recommender_.quota.items;
  if (more <= 0 || (users ? used.users : used.items) + more <= most) return Ok();
  return Error(Code::kResourceExhausted,
               fmt::format("The quota of {} {}s is reached. Upgrade the instance, or delete some.",
                           most, EnumName(table_)),
               "RecommenderQuota");
}

}  // namespace atelier::control
