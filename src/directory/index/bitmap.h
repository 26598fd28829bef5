#pragma once
#include <cstdint>
#include <vector>

#include <roaring/roaring.hh>

namespace atelier::directory {

/// Number of an instance's row in the Table: small, dense, and used again after a delete.
using Slot = std::uint32_t;

/// A compressed set of slots. Wraps CRoaring, whose API changed its namespace and names after the
/// 0.2.66 of Debian 12.
class Bitmap {
 public:
  void Add(Slot slot) { bits_.add(slot); }
  void Remove(Slot slot) { bits_.remove(slot); }
  bool Contains(Slot slot) const { return bits_.contains(slot); }
  bool empty() const { return bits_.isEmpty(); }
  std::uint64_t Count() const { return bits_.cardinality(); }
  std::uint64_t CountCommon(const Bitmap& other) const {
    return bits_.and_cardinality(other.bits_);
  }

  Bitmap& operator&=(const Bitmap& other) {
    bits_ &= other.bits_;
    return *this;
  }
  Bitmap& operator|=(const Bitmap& other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend Bitmap operator&(const Bitmap& a, const Bitmap& b) { return Bitmap(a.bits_ & b.bits_); }

  /// In ascending order.
  std::vector<Slot> Slots() const {
    std::vector<Slot> slots(Count());
    bits_.toUint32Array(slots.data());
    return slots;
  }

  Bitmap() = default;

 private:
  explicit Bitmap(Roaring bits) : bits_(std::move(bits)) {}

  Roaring bits_;
};

}  // namespace atelier::directory
