#include "store/copy.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"

namespace atelier::store {

namespace {

constexpr std::uint64_t kTellEvery = 1'000;

/// The first kind that differs, in words.
std::string Difference(const Tally& wanted, const Tally& found) {
  Tally all = wanted;
  all.insert(found.begin(), found.end());
  for (const auto& [kind, ignored] : all) {
    const auto a = wanted.find(kind);
    const auto b = found.find(kind);
    const std::uint64_t want = a == wanted.end() ? 0 : a->second.count;
    const std::uint64_t have = b == found.end() ? 0 : b->second.count;
    if (want != have) return fmt::format("{} of {} {}", have, want, KindInWords(kind));
    if (a->second != b->second) return fmt::format("other {}", KindInWords(kind));
  }
  return {};
}

}  // namespace

Error NotEmpty() {
  return {
      Code::kFailedPrecondition,
      "The store that is to be filled is not empty: nothing was changed. Name an empty database, "
      "or a data folder without a store.",
      "StoreNotEmpty"};
}

Result<Tally> ReadAllBlocking(Snapshot& from, const Progress& progress,
                              const Snapshot::Each& each) {
  TallyMaker tally(from.origin().head);
  ATELIER_RETURN_IF_ERROR(from.ReadBlocking([&](Record record) -> Status {
    ATELIER_RETURN_IF_ERROR(tally.Add(record));
    if (tally.count() % kTellEvery == 0) progress("Read", tally.count());
    return each(std::move(record));
  }));
  return tally.Finish();
}

Result<Tally> CopyBlocking(Snapshot& from, Store& to, const Progress& progress) {
  ATELIER_TRY(const std::unique_ptr<Loading> loading, to.OpenLoadBlocking());
  ATELIER_TRY(Tally tally, ReadAllBlocking(from, progress, [&](Record record) -> Status {
                ATELIER_FAILPOINT("store.load.add");
                return loading->AddBlocking(std::move(record));
              }));
  TallyMaker back(from.origin().head);
  ATELIER_RETURN_IF_ERROR(loading->ReadBackBlocking([&](const Record& record) -> Status {
    ATELIER_RETURN_IF_ERROR(back.Add(record));
    if (back.count() % kTellEvery == 0) progress("Read back", back.count());
    return Ok();
  }));
  const Tally found = back.Finish();
  if (found != tally) {
    return Error(Code::kDataLoss,
                 fmt::format("What was written does not read back the same ({}): nothing was "
                             "changed. Check the disk, and the memory of this machine.",
                             Difference(tally, found)));
  }
  Origin origin = from.origin();
  ++origin.incarnation;
  ATELIER_RETURN_IF_ERROR(loading->FinishBlocking(origin));
  return tally;
}

}  // namespace atelier::store
