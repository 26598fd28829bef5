#include "directory/recommender_directory.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/codec.h"

namespace atelier::directory {

using store::Kind;

struct RecommenderDirectory::Impl {
  struct Entry {
    RecommenderPtr recommender;
    model::Revision revision = 0;
  };
  struct SetEntry {
    DataSetPtr set;
    model::Revision revision = 0;
  };

  std::map<std::string, Entry, std::less<>> recommenders;
  std::map<std::string, SetEntry, std::less<>> sets;  // by key: of one recommender, oldest first
  std::set<std::pair<Kind, std::string>> unreadable;

  void Put(const store::Record& record) {
    unreadable.erase({record.kind, record.key});
    const bool known = record.kind == Kind::kRecommender ? PutRecommender(record) : PutSet(record);
    if (known) return;
    Delete(record.kind, record.key);
    unreadable.emplace(record.kind, record.key);
  }

  bool PutRecommender(const store::Record& record) {
    auto read = FromRecord<model::Recommender>(record.body);
    if (!read || read->id.str() != record.key) return false;
    recommenders[record.key] = {
        .recommender = std::make_shared<const model::Recommender>(*std::move(read)),
        .revision = record.revision};
    return true;
  }

  bool PutSet(const store::Record& record) {
    auto read = FromRecord<model::DataSet>(record.body);
    if (!read || model::DataSetKey(read->recommender, read->version) != record.key) return false;
    sets[record.key] = {.set = std::make_shared<const model::DataSet>(*std::move(read)),
                        .revision = record.revision};
    return true;
  }

  void Delete(Kind kind, const std::string& key) {
    unreadable.erase({kind, key});
    if (kind == Kind::kRecommender)
      recommenders.erase(key);
    else
      sets.erase(key);
  }
};

RecommenderDirectory::RecommenderDirectory() : impl_(std::make_unique<Impl>()) {}
RecommenderDirectory::~RecommenderDirectory() = default;

Status RecommenderDirectory::Load(store::Store& store) {
  for (const Kind kind : {Kind::kRecommender, Kind::kRecommenderDataSet}) {
    ATELIER_RETURN_IF_ERROR(
        store.LoadBlocking(kind, [this](const store::Record& record) { impl_->Put(record); }));
  }
  return Ok();
}

void RecommenderDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    const Kind kind = change.record.kind;
    if (kind != Kind::kRecommender && kind != Kind::kRecommenderDataSet) continue;
    if (change.op == store::Write::Op::kPut)
      impl_->Put(change.record);
    else
      impl_->Delete(kind, change.record.key);
  }
}

RecommenderPtr RecommenderDirectory::Find(std::string_view id) const {
  const auto found = impl_->recommenders.find(id);
  return found == impl_->recommenders.end() ? nullptr : found->second.recommender;
}

model::Revision RecommenderDirectory::RevisionOf(std::string_view id) const {
  const auto found = impl_->recommenders.find(id);
  return found == impl_->recommenders.end() ? 0 : found->second.revision;
}

std::vector<RecommenderPtr> RecommenderDirectory::All() const {
  std::vector<RecommenderPtr> all;
  all.reserve(impl_->recommenders.size());
  for (const auto& [id, entry] : impl_->recommenders) all.push_back(entry.recommender);
  return all;
}

std::size_t RecommenderDirectory::size() const { return impl_->recommenders.size(); }

std::vector<DataSetPtr> RecommenderDirectory::DataSetsOf(const model::RecommenderId& id) const {
  const std::string prefix = id.str() + "/";
  std::vector<DataSetPtr> all;
  for (auto at = impl_->sets.lower_bound(prefix);
       at != impl_->sets.end() && at->first.starts_with(prefix); ++at) {
    all.push_back(at->second.set);
  }
  std::ranges::reverse(all);
  return all;
}

DataSetPtr RecommenderDirectory::FindDataSet(const model::RecommenderId& id,
                                             std::string_view version) const {
  const auto found = impl_->sets.find(model::DataSetKey(id, version));
  return found == impl_->sets.end() ? nullptr : found->second.set;
}

model::Revision RecommenderDirectory::RevisionOfDataSet(const model::RecommenderId& id,
                                                        std::string_view version) const {
  const auto found = impl_->sets.find(model::DataSetKey(id, version));
  return found == impl_->sets.end() ? 0 : found->second.revision;
}

std::size_t RecommenderDirectory::quarantined() const { return impl_->unreadable.size(); }

}  // namespace atelier::directory
