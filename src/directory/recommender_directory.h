#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "model/data_set.h"
#include "model/recommender.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::directory {

// Shared: answers and requests under way outlive the next change.
using RecommenderPtr = std::shared_ptr<const model::Recommender>;
using DataSetPtr = std::shared_ptr<const model::DataSet>;

/// The read model of recommenders and their data sets; their documents are in
/// RecommenderData. A record that cannot be read is in quarantine. Threads: the I/O
/// thread.
class RecommenderDirectory : public store::Listener {
 public:
  /// `log`: names what cannot be read; nullptr: none does.
  explicit RecommenderDirectory(Logger* log = nullptr);
  ~RecommenderDirectory() override;
  RecommenderDirectory(const RecommenderDirectory&) = delete;
  RecommenderDirectory& operator=(const RecommenderDirectory&) = delete;

  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  /// nullptr: there is none.
  RecommenderPtr Find(std::string_view id) const;
  /// Record revision, for conditional writes. 0: not there.
  model::Revision RevisionOf(std::string_view id) const;
  std::vector<RecommenderPtr> All() const;  // by id
  std::size_t size() const;

  std::vector<DataSetPtr> DataSetsOf(const model::RecommenderId& id) const;  // newest first
  DataSetPtr FindDataSet(const model::RecommenderId& id, std::string_view version) const;
  model::Revision RevisionOfDataSet(const model::RecommenderId& id, std::string_view version) const;

  const store::Quarantine& quarantine() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::directory
