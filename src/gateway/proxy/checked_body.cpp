#include "gateway/proxy/checked_body.h"

#include <algorithm>
#include <array>
#include <utility>

namespace atelier::gateway {

namespace {

constexpr std::size_t kHeld = 64U << 10U;
constexpr std::size_t kPiece = 16U << 10U;

}  // namespace

Task<Status> CheckedBody::Fill() {
  while (!ended_ && held_.size() - given_ <= kHeld) {
    std::array<char, kPiece> piece;
    ATELIER_CO_TRY(const std::size_t size, co_await exchange_.ReadSome(piece));
    if (size == 0) {
      ended_ = true;
      right_ = md5_.Is(content_md5_);
      break;
    }
    if (given_ > kHeld) held_.erase(0, std::exchange(given_, 0));
    held_.append(piece.data(), size);
    md5_.Add({piece.data(), size});
  }
  if (ended_ && !right_)
    co_return Error(Code::kUnauthenticated,
                    "The body is not the one whose Content-MD5 was signed.");
  co_return Ok();
}

Task<Result<std::size_t>> CheckedBody::ReadSome(std::span<char> into) {
  ATELIER_CO_RETURN_IF_ERROR(co_await Fill());
  const std::size_t free = held_.size() - given_ - (ended_ ? 0 : kHeld);
  const std::size_t size = std::min(into.size(), free);
  held_.copy(into.data(), size, given_);
  given_ += size;
  co_return size;
}

}  // namespace atelier::gateway
