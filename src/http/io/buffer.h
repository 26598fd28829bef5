#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace atelier::http {

/// Bytes received and not yet used, in one piece. Memory is not cleared before bytes are received
/// into it: for a short message that would cost more than the message.
class Buffer {
 public:
  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }

  /// Room for at least `size` more bytes. Invalidates view().
  std::span<char> Prepare(std::size_t size) {
    if (capacity_ - end_ < size) {
      if (capacity_ - this->size() < size)
        Grow(std::max(this->size() + size, 2 * capacity_));
      else
        std::memmove(data_.get(), data_.get() + begin_, this->size());
      end_ -= std::exchange(begin_, 0);
    }
    return {data_.get() + end_, capacity_ - end_};
  }
  /// `size` bytes were written to what Prepare returned.
  void Commit(std::size_t size) { end_ += size; }
  void Consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Gives memory back when nothing is in it and more than `keep` is held.
  void Shrink(std::size_t keep) {
    if (empty() && capacity_ > keep) *this = Buffer();
  }

 private:
  void Grow(std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (!empty()) std::memcpy(larger.get(), data_.get() + begin_, size());
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace atelier::http
