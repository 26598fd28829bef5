#include "directory/index/ordered_view.h"

#include <algorithm>

#include "base/check.h"

namespace atelier::directory {

namespace {
constexpr std::size_t kMaxChunk = 512;
// Neighbours this small together are joined, so that deletes do not leave a trail of crumbs.
constexpr std::size_t kJoinBelow = kMaxChunk / 2;
}  // namespace

std::vector<OrderedView::Chunk>::iterator OrderedView::ChunkOf(Slot slot) {
  return std::partition_point(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return table_->Before(by_, chunk.back(), slot);
  });
}

void OrderedView::Insert(Slot slot) {
  ++size_;
  if (chunks_.empty()) {
    chunks_.push_back({slot});
    return;
  }
  auto chunk = ChunkOf(slot);
  if (chunk == chunks_.end()) --chunk;
  const auto at = std::lower_bound(chunk->begin(), chunk->end(), slot,
                                   [&](Slot a, Slot b) { return table_->Before(by_, a, b); });
  chunk->insert(at, slot);
  if (chunk->size() <= kMaxChunk) return;
  const auto middle = chunk->begin() + kMaxChunk / 2;
  Chunk upper(middle, chunk->end());
  chunk->erase(middle, chunk->end());
  chunks_.insert(chunk + 1, std::move(upper));
}

void OrderedView::Erase(Slot slot) {
  const auto chunk = ChunkOf(slot);
  ATELIER_CHECK(chunk != chunks_.end(), "only slots that were inserted are erased");
  const auto at = std::lower_bound(chunk->begin(), chunk->end(), slot,
                                   [&](Slot a, Slot b) { return table_->Before(by_, a, b); });
  ATELIER_CHECK(at != chunk->end() && *at == slot,
                "the row still has the keys it was inserted with");
  chunk->erase(at);
  --size_;
  const auto next = chunk + 1;
  if (chunk->empty()) {
    chunks_.erase(chunk);
  } else if (next != chunks_.end() && chunk->size() + next->size() < kJoinBelow) {
    chunk->insert(chunk->end(), next->begin(), next->end());
    chunks_.erase(next);
  }
}

std::size_t OrderedView::CountBelow(std::int64_t key) const {
  const auto below = [&](Slot slot) {
    return (*table_)[slot].keys[static_cast<std::size_t>(by_)] < key;
  };
  std::size_t count = 0;
  for (const Chunk& chunk : chunks_) {
    if (below(chunk.back())) {
      count += chunk.size();
      continue;
    }
    const auto end = std::partition_point(chunk.begin(), chunk.end(), below);
    return count + static_cast<std::size_t>(end - chunk.begin());
  }
  return count;
}

std::pair<std::size_t, std::size_t> OrderedView::Locate(std::size_t rank) const {
  std::size_t chunk = 0;
  while (chunk < chunks_.size() && rank >= chunks_[chunk].size()) rank -= chunks_[chunk++].size();
  return {chunk, rank};
}

}  // namespace atelier::directory
