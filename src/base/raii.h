#pragma once
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace atelier {

/// Deleter for C handles: std::unique_ptr<sqlite3, Call<sqlite3_close_v2>> is pointer-sized.
template <auto Fn>
struct Call {
  template <class T>
  void operator()(T* handle) const noexcept {
    Fn(handle);
  }
};

/// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);  // nothing can be done about an error here; writers fsync before
  }

 private:
  int fd_ = -1;
};

}  // namespace atelier
