#pragma once
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "base/codec.h"
#include "store/shards.h"
#include "store/writer.h"

namespace atelier::control {

/// How a T is a record: kKind, KeyOf(const T&), and Touch(T&, WallTime now), which moves the time
/// of its last change, never backwards, also when the wall clock was set back. One for each kind
/// (records.h).
template <class T>
struct RecordOf;

/// With its value for the read models, which so need not parse it.
template <class T>
store::Write PutRecord(T record, model::Revision revision) {
  auto value = std::make_shared<const T>(std::move(record));
  store::Write write =
      store::Write::Put(RecordOf<T>::kKind, RecordOf<T>::KeyOf(*value), ToJson(*value), revision);
  write.value = store::Value(std::move(value));
  return write;
}

/// `record` as it was changed at `now`, in the place of what is stored with `revision`.
template <class T>
store::Write PutChanged(T record, model::Revision revision, WallTime now) {
  RecordOf<T>::Touch(record, now);
  return PutRecord(std::move(record), revision);
}

/// One transaction on one record in the making: the record and all that changes with it always go
/// together, so that no crash leaves one without the others.
template <class T>
class RecordDraft {
 public:
  /// A change of what is stored with `revision`; 0: it is new.
  RecordDraft(T present, model::Revision revision, WallTime now)
      : next_(std::move(present)), revision_(revision), now_(now) {}

  const T& record() const { return next_; }
  WallTime now() const { return now_; }
  /// Moves the time of its last change.
  T& Edit() {
    RecordOf<T>::Touch(next_, now_);
    return next_;
  }
  void AddWrite(store::Write write) { also_.push_back(std::move(write)); }
  void AddWrite(store::Batch writes) { std::ranges::move(writes, std::back_inserter(also_)); }
  /// Goes when the transaction has ended, well or not.
  void Keep(std::shared_ptr<const void> kept) { kept_ = std::move(kept); }

  /// True once it stops or deletes: goes through when the disk is full (promise 10).
  bool ends() const { return ends_; }
  store::Batch Finish() && {
    store::Batch batch{PutRecord(std::move(next_), revision_)};
    std::ranges::move(history_, std::back_inserter(batch));
    std::ranges::move(also_, std::back_inserter(batch));
    return batch;
  }
  store::Transaction AsTransaction() && {
    auto kept = std::move(kept_);
    return {.writes = std::move(*this).Finish(), .ends = ends_, .kept = std::move(kept)};
  }

 protected:
  T next_;
  bool ends_ = false;
  store::Batch history_;  // right behind the record

 private:
  model::Revision revision_;
  WallTime now_;
  store::Batch also_;
  std::shared_ptr<const void> kept_;
};

/// Of a loop that decided under `lease`, and looks again after a lost race. The errors of
/// Store::Commit; Aborted: the lease may be lost, too.
template <class D>
Task<Status> Commit(store::Store& store, store::Lease lease, D draft) {
  draft.AddWrite(store::Guard(lease));
  if (draft.ends()) {
    ATELIER_CO_RETURN_IF_ERROR(co_await store.CommitFromReserve(std::move(draft).Finish()));
  } else {
    ATELIER_CO_RETURN_IF_ERROR(co_await store.Commit(std::move(draft).Finish()));
  }
  co_return Ok();
}

}  // namespace atelier::control
