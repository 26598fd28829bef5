#include "directory/recommender_directory.h"

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

  std::map<std::string, Entry, std::less<>> recommenders;
  std::set<std::string> unreadable;

  void Put(const store::Record& record) {
    unreadable.erase(record.key);
    auto read = FromRecord<model::Recommender>(record.body);
    if (!read || read->id.str() != record.key) {
      recommenders.erase(record.key);
      unreadable.insert(record.key);
      return;
    }
    recommenders[record.key] = {
        .recommender = std::make_shared<const model::Recommender>(*std::move(read)),
        .revision = record.revision};
  }

  void Delete(const std::string& key) {
    unreadable.erase(key);
    recommenders.erase(key);
  }
};

RecommenderDirectory::RecommenderDirectory() : impl_(std::make_unique<Impl>()) {}
RecommenderDirectory::~RecommenderDirectory() = default;

Status RecommenderDirectory::Load(store::Store& store) {
  return store.LoadBlocking(Kind::kRecommender,
                            [this](const store::Record& record) { impl_->Put(record); });
}

void RecommenderDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    if (change.record.kind != Kind::kRecommender) continue;
    if (change.op == store::Write::Op::kPut)
      impl_->Put(change.record);
    else
      impl_->Delete(change.record.key);
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

std::size_t RecommenderDirectory::quarantined() const { return impl_->unreadable.size(); }

}  // namespace atelier::directory
