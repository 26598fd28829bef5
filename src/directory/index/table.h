#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "directory/directory.h"
#include "directory/index/bitmap.h"
#include "directory/index/packed.h"

namespace atelier::directory {

inline constexpr int kSortByCount = 3;
inline constexpr std::array kEverySortBy = {SortBy::kPriority, SortBy::kGmtCreateTime,
                                            SortBy::kGmtModifiedTime};

/// What an instance is sorted by. Times count as the whole seconds that answers show, so that the
/// order, ties included, can be checked from an answer.
std::int64_t SortKey(const model::Instance& instance, SortBy by);

/// The instances by slot and by id: a column for each thing that loops over many of them look at,
/// and the rest packed.
class Table {
 public:
  Table() : slots_(0, IdHash{}, IdEqual{this}) {}
  Table(const Table&) = delete;  // the id set points here
  Table& operator=(const Table&) = delete;
  ~Table() = default;

  std::optional<Slot> Find(std::string_view id) const;
  /// How many instances there are.
  std::size_t size() const { return slots_.size(); }
  /// Every slot in use is below it.
  Slot end() const { return static_cast<Slot>(records_.size()); }

  // Of a slot in use:
  const PackedInstance& operator[](Slot slot) const { return records_[slot]; }
  model::Revision RevisionOf(Slot slot) const { return revisions_[slot]; }
  std::int64_t KeyOf(SortBy by, Slot slot) const { return Column(by)[slot]; }
  /// Ascending by `by`, ties by InstanceId (docs/contract/requests.md section 3 note 8). A total
  /// order.
  bool Before(SortBy by, Slot a, Slot b) const;

  /// The id must not be there.
  Slot Insert(const model::Instance& instance, model::Revision revision);
  /// The id must be that of the present one.
  void Replace(Slot slot, const model::Instance& instance, model::Revision revision);
  void Erase(Slot slot);

  // Building an empty table at once: Resize, any number of Fill from any number of threads, each of
  // another slot, then Adopt. Slots that were not filled are free.
  void Resize(Slot slots);
  void Fill(Slot slot, const model::Instance& instance, model::Revision revision);
  void Adopt();

 private:
  /// Its hash beside the slot, so that growing does not read a million records.
  struct Entry {
    std::uint32_t hash;
    Slot slot;
  };
  struct Id {
    std::uint32_t hash;
    std::string_view text;
  };
  struct IdHash {
    using is_transparent = void;
    std::size_t operator()(const Entry& entry) const { return entry.hash; }
    std::size_t operator()(const Id& id) const { return id.hash; }
  };
  struct IdEqual {
    using is_transparent = void;
    const Table* table;
    bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }
    bool operator()(const Id& id, const Entry& entry) const {
      return id.hash == entry.hash && id.text == table->records_[entry.slot].id();
    }
    bool operator()(const Entry& entry, const Id& id) const { return (*this)(id, entry); }
  };
  static Id IdOf(std::string_view text);

  const std::vector<std::int64_t>& Column(SortBy by) const {
    return keys_[static_cast<std::size_t>(by)];
  }

  std::vector<PackedInstance> records_;  // empty: the slot is free
  std::vector<model::Revision> revisions_;
  std::array<std::vector<std::int64_t>, kSortByCount> keys_;  // by SortBy
  std::vector<Slot> free_;
  boost::unordered_flat_set<Entry, IdHash, IdEqual> slots_;
};

}  // namespace atelier::directory
