#include <utility>
#include <vector>

#include "store/store.h"

namespace atelier::store {

namespace {

class HeldBulk final : public Bulk {
 public:
  explicit HeldBulk(std::vector<Record> records) : records_(std::move(records)) {}

  std::size_t size() const override { return records_.size(); }
  Status ReadBlocking(std::size_t first, std::size_t last,
                      const std::function<void(const Record&)>& each) const override {
    for (std::size_t i = first; i < last; ++i) each(records_[i]);
    return Ok();
  }

 private:
  std::vector<Record> records_;
};

}  // namespace

Result<std::unique_ptr<Bulk>> Store::OpenBulkBlocking(Kind kind) {
  std::vector<Record> records;
  ATELIER_RETURN_IF_ERROR(
      LoadBlocking(kind, [&](Record record) { records.push_back(std::move(record)); }));
  return std::make_unique<HeldBulk>(std::move(records));
}

Task<Status> Store::CatchUp() { co_return Ok(); }

Result<std::unique_ptr<Snapshot>> Store::OpenSnapshotBlocking() {
  return Error(Code::kUnimplemented, "This store has no snapshots.");
}

Result<std::unique_ptr<Loading>> Store::OpenLoadBlocking() {
  return Error(Code::kUnimplemented, "This store cannot be filled.");
}

}  // namespace atelier::store
