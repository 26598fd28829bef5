#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>

#include <boost/unordered/unordered_flat_map.hpp>

#include "directory/index/bitmap.h"
#include "directory/index/terms.h"

namespace atelier::directory {

/// Which slots each term is true of.
class Postings {
 public:
  void Add(Slot slot, std::span<const Term> terms, std::span<const Trigram> parts);
  /// The same by the term: cheaper for many slots, which ascend.
  void AddMany(const Term& term, std::span<const Slot> slots) { At(term).AddMany(slots); }
  void AddMany(Trigram part, std::span<const Slot> slots) { trigrams_[part].AddMany(slots); }
  /// Moves `slot` from the terms of its old version to those of its new one. Both sorted, each
  /// once.
  void Update(Slot slot, std::span<const Term> before, std::span<const Term> after);
  void UpdateName(Slot slot, std::span<const Trigram> before, std::span<const Trigram> after);
  /// Takes in postings of other slots.
  void Merge(Postings&& other);
  /// Gives spare memory back, after a bulk build.
  void Shrink();

  /// Empty for a term that is true of nobody.
  const Bitmap& Of(Facet facet, const Value& value) const;
  const Bitmap& OfNamePart(Trigram part) const;
  /// The numbers that a facet has at present, ascending, each with its slots (never empty).
  const std::map<std::int64_t, Bitmap>& NumbersOf(Facet facet) const {
    return numbers_[static_cast<std::size_t>(facet)];
  }

 private:
  Bitmap& At(const Term& term);
  void Remove(Slot slot, const Term& term);

  // Facets of text have few or very many values and are asked for one at a time; those of numbers
  // have few, and are asked for ranges.
  std::array<std::map<std::int64_t, Bitmap>, kFacetCount> numbers_;
  std::array<boost::unordered_flat_map<Value, Bitmap, ValueHash>, kFacetCount> texts_;
  boost::unordered_flat_map<Trigram, Bitmap> trigrams_;
  Bitmap nobody_;
};

}  // namespace atelier::directory
