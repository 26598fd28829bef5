#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <roaring/roaring.hh>

namespace atelier::directory {

/// Number of an instance's row in the Table: small, dense, and used again after a delete.
using Slot = std::uint32_t;

/// A compressed set of slots. Wraps CRoaring, whose API changed its namespace and names after the
/// 0.2.66 of Debian 12. Threads: any number of readers, or one writer.
class Bitmap {
 public:
  void Add(Slot slot) { bits_.add(slot); }
  void Remove(Slot slot) { bits_.remove(slot); }
  /// Fastest when ascending.
  void AddMany(std::span<const Slot> slots) { bits_.addMany(slots.size(), slots.data()); }
  bool Contains(Slot slot) const { return bits_.contains(slot); }
  bool empty() const { return bits_.isEmpty(); }
  std::uint64_t Count() const { return bits_.cardinality(); }
  std::uint64_t CountCommon(const Bitmap& other) const {
    return bits_.and_cardinality(other.bits_);
  }
  /// Gives spare memory back, after a bulk build.
  void Shrink() { bits_.shrinkToFit(); }

  Bitmap& operator&=(const Bitmap& other) {
    bits_ &= other.bits_;
    return *this;
  }
  Bitmap& operator|=(const Bitmap& other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend Bitmap operator&(const Bitmap& a, const Bitmap& b) { return Bitmap(a.bits_ & b.bits_); }

  /// The union of all, cheaper than one after the other.
  static Bitmap UnionOf(const std::vector<const Bitmap*>& sets) {
    if (sets.empty()) return {};
    if (sets.size() == 1) return *sets.front();
    std::vector<const Roaring*> inputs;
    inputs.reserve(sets.size());
    for (const Bitmap* set : sets) inputs.push_back(&set->bits_);
    return Bitmap(Roaring::fastunion(inputs.size(), inputs.data()));
  }

  /// Calls visit(std::span<const Slot>) with every slot, ascending, a block at a time: a million of
  /// them never stand in memory at once.
  template <class Visit>
  void ForEachBlock(Visit visit) const {
    std::array<Slot, kBlock> block;
    roaring_uint32_iterator_t at;
    roaring_init_iterator(&bits_.roaring, &at);
    while (const std::uint32_t read = roaring_read_uint32_iterator(&at, block.data(), kBlock))
      visit(std::span<const Slot>(block.data(), read));
  }
  /// The slots of which keep(slot) is true; before(block) comes ahead of each block of them.
  template <class Keep>
  Bitmap Filtered(Keep keep) const {
    return Filtered(keep, [](std::span<const Slot>) {});
  }
  template <class Keep, class Before>
  Bitmap Filtered(Keep keep, Before before) const {
    Bitmap kept;
    std::vector<Slot> some;
    some.reserve(kBlock);
    ForEachBlock([&](std::span<const Slot> slots) {
      before(slots);
      some.clear();
      for (const Slot slot : slots) {
        if (keep(slot)) some.push_back(slot);
      }
      kept.AddMany(some);
    });
    return kept;
  }

  Bitmap() = default;

 private:
  static constexpr std::uint32_t kBlock = 512;

  explicit Bitmap(Roaring bits) : bits_(std::move(bits)) {}

  Roaring bits_;
};

}  // namespace atelier::directory
