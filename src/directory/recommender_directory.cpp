#include "directory/recommender_directory.h"

#include "store/table.h"

namespace atelier::directory {

using store::Kind;

namespace {

struct ByRecommender {
  static std::string_view Of(const model::DataSet& set) { return set.recommender; }
  static bool Before(const model::DataSet& a, const model::DataSet& b) {
    return a.version > b.version;
  }
};

}  // namespace

struct RecommenderDirectory::Impl {
  explicit Impl(Logger* log) : quarantine(log) {}

  store::Quarantine quarantine;
  store::Table<model::Recommender> recommenders{
      Kind::kRecommender, quarantine,
      store::RowsKeyedBy<model::Recommender>(&model::Recommender::id)};
  store::Table<model::DataSet, ByRecommender> sets{
      Kind::kRecommenderDataSet, quarantine,
      store::RowsKeyedBy<model::DataSet>([](const model::DataSet& set) {
        return model::DataSetKey(set.recommender, set.version);
      })};
};

RecommenderDirectory::RecommenderDirectory(Logger* log) : impl_(std::make_unique<Impl>(log)) {}
RecommenderDirectory::~RecommenderDirectory() = default;

Status RecommenderDirectory::Load(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(impl_->recommenders.Load(store));
  return impl_->sets.Load(store);
}

void RecommenderDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    impl_->recommenders.Apply(change);
    impl_->sets.Apply(change);
  }
}

RecommenderPtr RecommenderDirectory::Find(std::string_view id) const {
  return impl_->recommenders.Find(id);
}

model::Revision RecommenderDirectory::RevisionOf(std::string_view id) const {
  return impl_->recommenders.RevisionOf(id);
}

std::vector<RecommenderPtr> RecommenderDirectory::All() const { return impl_->recommenders.All(); }

std::size_t RecommenderDirectory::size() const { return impl_->recommenders.size(); }

std::vector<DataSetPtr> RecommenderDirectory::DataSetsOf(const model::RecommenderId& id) const {
  return impl_->sets.FindBy<ByRecommender>(id);
}

DataSetPtr RecommenderDirectory::FindDataSet(const model::RecommenderId& id,
                                             std::string_view version) const {
  return impl_->sets.Find(model::DataSetKey(id, version));
}

model::Revision RecommenderDirectory::RevisionOfDataSet(const model::RecommenderId& id,
                                                        std::string_view version) const {
  return impl_->sets.RevisionOf(model::DataSetKey(id, version));
}

const store::Quarantine& RecommenderDirectory::quarantine() const { return impl_->quarantine; }

}  // namespace atelier::directory
