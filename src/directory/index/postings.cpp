#include "directory/index/postings.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace atelier::directory {

namespace {

std::size_t At(Facet facet) { return static_cast<std::size_t>(facet); }

/// Calls drop(x) for what is in `before` alone and add(x) for what is in `after` alone.
template <class T, class Drop, class Add>
void ForEachDifference(std::span<const T> before, std::span<const T> after, Drop drop, Add add) {
  std::vector<T> changed;
  std::ranges::set_difference(before, after, std::back_inserter(changed));
  for (const T& one : changed) drop(one);
  changed.clear();
  std::ranges::set_difference(after, before, std::back_inserter(changed));
  for (const T& one : changed) add(one);
}

template <class Map, class Key>
void RemoveFrom(Map& map, const Key& key, Slot slot) {
  const auto found = map.find(key);
  found->second.Remove(slot);
  if (found->second.empty()) map.erase(found);
}

template <class Map>
void MergeMaps(Map& into, Map& from) {
  for (auto& [key, slots] : from) {
    const auto [at, fresh] = into.try_emplace(key);
    if (fresh)
      at->second = std::move(slots);
    else
      at->second |= slots;
  }
}

}  // namespace

Bitmap& Postings::At(const Term& term) {
  const std::size_t facet = directory::At(term.facet);
  if (IsNumber(term.facet)) return numbers_[facet][term.value.number];
  return texts_[facet][term.value];
}

void Postings::Remove(Slot slot, const Term& term) {
  const std::size_t facet = directory::At(term.facet);
  if (IsNumber(term.facet))
    RemoveFrom(numbers_[facet], term.value.number, slot);
  else
    RemoveFrom(texts_[facet], term.value, slot);
}

void Postings::Add(Slot slot, std::span<const Term> terms, std::span<const Trigram> parts) {
  for (const Term& term : terms) At(term).Add(slot);
  for (const Trigram part : parts) trigrams_[part].Add(slot);
}

void Postings::Update(Slot slot, std::span<const Term> before, std::span<const Term> after) {
  ForEachDifference(
      before, after, [&](const Term& term) { Remove(slot, term); },
      [&](const Term& term) { At(term).Add(slot); });
}

void Postings::UpdateName(Slot slot, std::span<const Trigram> before,
                          std::span<const Trigram> after) {
  ForEachDifference(
      before, after, [&](Trigram part) { RemoveFrom(trigrams_, part, slot); },
      [&](Trigram part) { trigrams_[part].Add(slot); });
}

void Postings::Merge(Postings&& other) {
  for (std::size_t facet = 0; facet < kFacetCount; ++facet) {
    MergeMaps(numbers_[facet], other.numbers_[facet]);
    MergeMaps(texts_[facet], other.texts_[facet]);
  }
  MergeMaps(trigrams_, other.trigrams_);
}

void Postings::Shrink() {
  const auto shrink = [](auto& map) {
    for (auto& [key, slots] : map) slots.Shrink();
  };
  std::ranges::for_each(numbers_, shrink);
  std::ranges::for_each(texts_, shrink);
  shrink(trigrams_);
}

const Bitmap& Postings::Of(Facet facet, const Value& value) const {
  if (IsNumber(facet)) {
    const auto& numbers = NumbersOf(facet);
    const auto found = numbers.find(value.number);
    return found == numbers.end() ? nobody_ : found->second;
  }
  const auto& texts = texts_[directory::At(facet)];
  const auto found = texts.find(value);
  return found == texts.end() ? nobody_ : found->second;
}

const Bitmap& Postings::OfNamePart(Trigram part) const {
  const auto found = trigrams_.find(part);
  return found == trigrams_.end() ? nobody_ : found->second;
}

}  // namespace atelier::directory
