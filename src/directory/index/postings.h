#pragma once
#include <array>
#include <map>
#include <vector>

#include "directory/index/bitmap.h"
#include "directory/index/terms.h"

namespace atelier::directory {

/// Which slots each term is true of.
class Postings {
 public:
  /// Moves `slot` from the terms of its old version to those of its new one. Both sorted, each
  /// once.
  void Update(Slot slot, const std::vector<Term>& before, const std::vector<Term>& after);

  /// Empty for a term that is true of nobody.
  const Bitmap& Of(Facet facet, const Value& value) const;
  /// The values that a facet has at present, ascending, each with its slots (never empty).
  const std::map<Value, Bitmap>& ValuesOf(Facet facet) const {
    return facets_[static_cast<std::size_t>(facet)];
  }

 private:
  std::array<std::map<Value, Bitmap>, kFacetCount> facets_;
  Bitmap nobody_;
};

}  // namespace atelier::directory
