#include "base/shares.h"

namespace atelier {

std::shared_ptr<const void> Shares::Take(std::string_view owner) {
  auto mine = by_owner_.find(owner);
  const std::size_t holds = mine == by_owner_.end() ? 0 : mine->second;
  if (holds >= most_ - taken_) return nullptr;
  if (mine == by_owner_.end()) mine = by_owner_.emplace(std::string(owner), 0).first;
  ++mine->second;
  ++taken_;
  return {&mine->first, [this, mine](const void*) {
            --taken_;
            if (--mine->second == 0) by_owner_.erase(mine);
          }};
}

}  // namespace atelier
