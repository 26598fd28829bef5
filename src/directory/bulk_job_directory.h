#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "model/bulk_job.h"
#include "store/quarantine.h"
#include "store/store.h"
#include "store/table.h"

namespace atelier::directory {

using BulkJobPtr = std::shared_ptr<const model::BulkJob>;

/// The read model of bulk jobs, those that run and those that are kept. A record that cannot be
/// read is in quarantine. Threads: the I/O thread.
class BulkJobDirectory : public store::Listener {
 public:
  /// `log`: names what cannot be read; nullptr: none does.
  explicit BulkJobDirectory(Logger* log = nullptr) : quarantine_(log) {}

  Status Load(store::Store& store) { return jobs_.Load(store); }
  void Apply(std::span<const store::Change> changes) override {
    for (const store::Change& change : changes) jobs_.Apply(change);
  }

  /// nullptr: there is none.
  BulkJobPtr Find(std::string_view id) const { return jobs_.Find(id); }
  /// Record revision, for conditional writes. 0: not there.
  model::Revision RevisionOf(std::string_view id) const { return jobs_.RevisionOf(id); }
  std::vector<BulkJobPtr> All() const { return jobs_.All(); }  // by id

  const store::Quarantine& quarantine() const { return quarantine_; }

 private:
  store::Quarantine quarantine_;
  store::Table<model::BulkJob> jobs_{store::Kind::kBulkJob, quarantine_,
                                     store::RowsKeyedBy<model::BulkJob>(&model::BulkJob::id)};
};

}  // namespace atelier::directory
