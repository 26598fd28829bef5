#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "store/record.h"

namespace atelier::store {

/// What there is of one kind.
struct KindTally {
  std::uint64_t count = 0;
  std::string sha256;  // hex, of the entries of its records in their order
  friend bool operator==(const KindTally&, const KindTally&) = default;
};
using Tally = std::map<Kind, KindTally>;

/// The first line of a record in an exported file: kind, revision, and the lengths of what follows,
/// the key and the body.
std::string EntryOf(const Record& record);

/// The kind in words: `Instance`; `kind 99` of one that this version does not know.
std::string KindInWords(Kind kind);

/// Counts records in the order of a snapshot.
class TallyMaker {
 public:
  /// `head`: no record is younger.
  explicit TallyMaker(model::Revision head) : head_(head) {}

  /// DataLoss: it comes twice, out of order, or has a revision that cannot be.
  Status Add(const Record& record);
  std::uint64_t count() const { return count_; }
  /// Of all that was added.
  Tally Finish();

 private:
  void EndKind();

  const model::Revision head_;
  std::uint64_t count_ = 0;
  Kind kind_{};
  std::string key_;
  KindTally now_;
  Sha256Stream digest_;
  Tally tally_;
};

}  // namespace atelier::store
