#include "directory/index/ordered_view.h"

#include <algorithm>

#include "base/check.h"

namespace atelier::directory {

namespace {
constexpr std::size_t kMaxChunk = 512;
// Neighbours this small together are joined, so that deletes do not leave a trail of crumbs.
constexpr std::size_t kJoinBelow = kMaxChunk / 2;
// Leaves room: the first inserts after a bulk build must not split every chunk.
constexpr std::size_t kBuildChunk = kMaxChunk * 3 / 4;
}  // namespace

OrderedView::ChunkAt OrderedView::ChunkOf(Slot slot) {
  return std::partition_point(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return table_->Before(by_, chunk.slots.back(), slot);
  });
}

void OrderedView::Note(std::span<const Slot> slots, std::uint32_t number) {
  if (lookup_ == Lookup::kNo) return;
  for (const Slot slot : slots) {
    if (slot >= number_of_slot_.size()) number_of_slot_.resize(table_->end());
    number_of_slot_[slot] = number;
  }
}

OrderedView::ChunkAt OrderedView::NewChunk(ChunkAt at, std::vector<Slot> slots) {
  std::uint32_t number = numbers_;
  if (spare_.empty()) {
    ++numbers_;
  } else {
    number = spare_.back();
    spare_.pop_back();
  }
  Note(slots, number);
  return chunks_.insert(at, Chunk{.number = number, .slots = std::move(slots)});
}

void OrderedView::DropChunk(ChunkAt at) {
  spare_.push_back(at->number);
  chunks_.erase(at);
}

void OrderedView::Insert(Slot slot) {
  ++size_;
  if (chunks_.empty()) {
    NewChunk(chunks_.end(), {slot});
    return;
  }
  auto chunk = ChunkOf(slot);
  if (chunk == chunks_.end()) --chunk;
  std::vector<Slot>& slots = chunk->slots;
  slots.insert(std::lower_bound(slots.begin(), slots.end(), slot,
                                [&](Slot a, Slot b) { return table_->Before(by_, a, b); }),
               slot);
  Note({&slot, 1}, chunk->number);
  if (slots.size() <= kMaxChunk) return;
  const auto middle = slots.begin() + kMaxChunk / 2;
  std::vector<Slot> upper(middle, slots.end());
  slots.erase(middle, slots.end());
  NewChunk(chunk + 1, std::move(upper));
}

void OrderedView::Erase(Slot slot) {
  const auto chunk = ChunkOf(slot);
  ATELIER_CHECK(chunk != chunks_.end(), "only slots that were inserted are erased");
  std::vector<Slot>& slots = chunk->slots;
  const auto at = std::lower_bound(slots.begin(), slots.end(), slot,
                                   [&](Slot a, Slot b) { return table_->Before(by_, a, b); });
  ATELIER_CHECK(at != slots.end() && *at == slot,
                "the row still has the keys it was inserted with");
  slots.erase(at);
  --size_;
  const auto next = chunk + 1;
  if (slots.empty()) {
    DropChunk(chunk);
  } else if (next != chunks_.end() && slots.size() + next->slots.size() < kJoinBelow) {
    Note(next->slots, chunk->number);
    slots.insert(slots.end(), next->slots.begin(), next->slots.end());
    DropChunk(next);
  }
}

void OrderedView::Build(std::span<const Slot> ascending) {
  ATELIER_CHECK(chunks_.empty(), "only an empty view is built at once");
  size_ = ascending.size();
  chunks_.reserve(size_ / kBuildChunk + 1);
  while (!ascending.empty()) {
    const auto slots = ascending.first(std::min(kBuildChunk, ascending.size()));
    NewChunk(chunks_.end(), {slots.begin(), slots.end()});
    ascending = ascending.subspan(slots.size());
  }
}

std::size_t OrderedView::CountBelow(std::int64_t key) const {
  const auto below = [&](Slot slot) { return table_->KeyOf(by_, slot) < key; };
  const auto chunk = std::partition_point(
      chunks_.begin(), chunks_.end(), [&](const Chunk& some) { return below(some.slots.back()); });
  std::size_t count = 0;
  for (auto before = chunks_.begin(); before != chunk; ++before) count += before->slots.size();
  if (chunk == chunks_.end()) return count;
  const auto end = std::partition_point(chunk->slots.begin(), chunk->slots.end(), below);
  return count + static_cast<std::size_t>(end - chunk->slots.begin());
}

std::pair<std::size_t, std::size_t> OrderedView::Locate(std::size_t rank) const {
  if (rank >= size_) return {chunks_.size(), 0};
  std::size_t chunk = 0;
  if (rank < size_ / 2) {
    while (rank >= chunks_[chunk].slots.size()) rank -= chunks_[chunk++].slots.size();
    return {chunk, rank};
  }
  std::size_t from_end = size_ - rank;  // at least 1: the last slot's
  chunk = chunks_.size() - 1;
  while (from_end > chunks_[chunk].slots.size()) from_end -= chunks_[chunk--].slots.size();
  return {chunk, chunks_[chunk].slots.size() - from_end};
}

OrderedView::Slice OrderedView::SliceOf(const Bitmap& matches, std::size_t first,
                                        std::size_t count) const {
  std::vector<std::uint32_t> matches_in(numbers_);  // by chunk number
  matches.ForEachBlock([&](std::span<const Slot> slots) {
    for (const Slot slot : slots) ++matches_in[number_of_slot_[slot]];
  });
  Slice slice;
  std::size_t chunk = 0;
  while (slice.before + matches_in[chunks_[chunk].number] <= first)
    slice.before += matches_in[chunks_[chunk++].number];
  std::vector<bool> wanted(numbers_);
  std::size_t held = 0;
  while (held < first - slice.before + count) {
    const std::uint32_t number = chunks_[chunk++].number;
    wanted[number] = true;
    held += matches_in[number];
  }
  slice.slots.reserve(held);
  matches.ForEachBlock([&](std::span<const Slot> slots) {
    for (const Slot slot : slots) {
      if (wanted[number_of_slot_[slot]]) slice.slots.push_back(slot);
    }
  });
  return slice;
}

}  // namespace atelier::directory
