#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "base/page.h"

namespace atelier::api {

/// The page of `all` that PageNumber and PageSize, which the operation has, ask for; empty past the
/// end.
template <class T>
std::vector<T> PageOf(std::vector<T> all, const Args& args) {
  return atelier::PageOf(std::move(all), static_cast<std::uint64_t>(*args.Integer("PageNumber")),
                         static_cast<std::uint64_t>(*args.Integer("PageSize")));
}

}  // namespace atelier::api
