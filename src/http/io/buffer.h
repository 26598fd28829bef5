#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace atelier::http {

/// Bytes received and not yet used, in one piece.
class Buffer {
 public:
  std::string_view view() const { return {data_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }

  /// Room for at least `size` more bytes. Invalidates view().
  std::span<char> Prepare(std::size_t size) {
    if (data_.size() - end_ < size) {
      std::copy(data_.begin() + Offset(begin_), data_.begin() + Offset(end_), data_.begin());
      end_ -= begin_;
      begin_ = 0;
      if (data_.size() - end_ < size) data_.resize(std::max(end_ + size, 2 * data_.size()));
    }
    return {data_.data() + end_, data_.size() - end_};
  }
  /// `size` bytes were written to what Prepare returned.
  void Commit(std::size_t size) { end_ += size; }
  void Consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Gives memory back when nothing is in it and more than `keep` is held.
  void Shrink(std::size_t keep) {
    if (empty() && data_.size() > keep) std::vector<char>().swap(data_);
  }

 private:
  static std::ptrdiff_t Offset(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

  std::vector<char> data_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace atelier::http
