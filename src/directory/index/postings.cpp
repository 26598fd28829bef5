#include "directory/index/postings.h"

#include <algorithm>
#include <iterator>

namespace atelier::directory {

void Postings::Update(Slot slot, const std::vector<Term>& before, const std::vector<Term>& after) {
  std::vector<Term> changed;
  std::ranges::set_difference(before, after, std::back_inserter(changed));
  for (const Term& term : changed) {
    auto& values = facets_[static_cast<std::size_t>(term.facet)];
    const auto found = values.find(term.value);
    found->second.Remove(slot);
    if (found->second.empty()) values.erase(found);
  }
  changed.clear();
  std::ranges::set_difference(after, before, std::back_inserter(changed));
  for (Term& term : changed) {
    facets_[static_cast<std::size_t>(term.facet)][std::move(term.value)].Add(slot);
  }
}

const Bitmap& Postings::Of(Facet facet, const Value& value) const {
  const auto& values = ValuesOf(facet);
  const auto found = values.find(value);
  return found == values.end() ? nobody_ : found->second;
}

}  // namespace atelier::directory
