#include "control/core/tombstones.h"

#include <chrono>
#include <utility>

namespace atelier::control {

Task<Result<bool>> ErasePage(store::Store& store, store::Lease lease,
                             std::span<const store::Kind> kinds, std::string prefix) {
  static constexpr std::size_t kMax = 199;  // records a transaction, beside its guard
  for (const store::Kind kind : kinds) {
    ATELIER_CO_TRY(const auto page, co_await store.Scan(kind, {.from = prefix,
                                                               .to = store::PrefixEnd(prefix),
                                                               .limit = kMax,
                                                               .reverse = false}));
    if (page.empty()) continue;
    store::Batch batch;
    for (const store::Record& record : page)
      batch.push_back(store::Write::Delete(kind, record.key));
    batch.push_back(store::Guard(lease));
    ATELIER_CO_RETURN_IF_ERROR(co_await store.CommitFromReserve(std::move(batch)));
    co_return true;
  }
  co_return false;
}

store::Write Bury(const model::InstanceId& id, model::Generation generation, WallTime now,
                  bool keep_files) {
  return store::Write::Put(
      store::Kind::kTombstone, id.str(),
      ToJson(Tombstone{.generation = generation, .when = now, .keep_files = keep_files}));
}

Task<Status> SweepTombstones(store::Store& store, WallTime now, std::string& from) {
  static constexpr std::size_t kPage = 500;
  static constexpr Duration kKeep = std::chrono::hours(30 * 24);
  ATELIER_CO_TRY(const auto page, co_await store.Scan(store::Kind::kTombstone,
                                                      {.from = from, .to = {}, .limit = kPage}));
  from = page.size() < kPage ? std::string() : page.back().key + '\0';
  store::Batch batch;
  for (const store::Record& record : page) {
    const auto tombstone = FromRecord<Tombstone>(record.body);
    if (tombstone && now - tombstone->when >= kKeep)
      batch.push_back(store::Write::Delete(store::Kind::kTombstone, record.key, record.revision));
  }
  if (batch.empty()) co_return Ok();
  ATELIER_CO_RETURN_IF_ERROR(co_await store.CommitFromReserve(std::move(batch)));
  co_return Ok();
}

}  // namespace atelier::control
