#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace atelier::recommender {

/// A vector whose snapshots cost a pointer for every kChunk elements: they share its chunks, and
/// one that is changed afterwards is copied first, once for all snapshots before.
///
/// Threads: as a vector. A snapshot is immutable: any thread may read it while the vector changes.
template <class T, std::size_t kChunk>
class SharedVector {
  using Chunk = std::vector<T>;

 public:
  class Snapshot {
   public:
    std::size_t size() const { return size_; }
    const T& operator[](std::size_t at) const { return (*chunks_[at / kChunk])[at % kChunk]; }

   private:
    friend class SharedVector;
    std::vector<std::shared_ptr<const Chunk>> chunks_;
    std::size_t size_ = 0;
  };

  SharedVector() = default;
  // A copy would share chunks that both may change.
  SharedVector(const SharedVector&) = delete;
  SharedVector& operator=(const SharedVector&) = delete;
  SharedVector(SharedVector&& other) noexcept
      : slots_(std::exchange(other.slots_, {})),
        size_(std::exchange(other.size_, 0)),
        snapshots_(other.snapshots_) {}
  SharedVector& operator=(SharedVector&&) = delete;
  ~SharedVector() = default;

  std::size_t size() const { return size_; }
  const T& operator[](std::size_t at) const { return (*slots_[at / kChunk].chunk)[at % kChunk]; }
  /// The element, to be changed at once: not after the next snapshot.
  T& Edit(std::size_t at) { return Own(at / kChunk)[at % kChunk]; }

  void PushBack(T value) {
    if (size_ % kChunk == 0) {
      slots_.push_back({.chunk = std::make_shared<Chunk>(), .made_after = snapshots_});
    }
    Own(size_ / kChunk).push_back(std::move(value));
    ++size_;
  }

  Snapshot TakeSnapshot() {
    ++snapshots_;
    Snapshot snapshot;
    snapshot.size_ = size_;
    snapshot.chunks_.reserve(slots_.size());
    for (const Slot& slot : slots_) snapshot.chunks_.push_back(slot.chunk);
    return snapshot;
  }

 private:
  struct Slot {
    std::shared_ptr<Chunk> chunk;
    std::uint64_t made_after = 0;  // so many snapshots: later ones may have it
  };

  /// Not by use_count: that a snapshot let go of a chunk does not tell when its thread did.
  Chunk& Own(std::size_t number) {
    Slot& slot = slots_[number];
    if (slot.made_after != snapshots_) {
      slot = {.chunk = std::make_shared<Chunk>(*slot.chunk), .made_after = snapshots_};
    }
    return *slot.chunk;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::uint64_t snapshots_ = 0;
};

}  // namespace atelier::recommender
