#pragma once
#include <fmt/format.h>

#include "base/result.h"
#include "model/ids.h"

namespace atelier::control {

inline Error UnknownRecommender(const model::RecommenderId& id) {
  return {Code::kNotFound, fmt::format("Instance {} does not exist.", id.str()),
          "UnknownRecommender"};
}

/// Of a change of the instance that others were always ahead of.
inline Error TooManyRaces() {
  return {Code::kUnavailable, "The instance is changed by too many at once. Try again."};
}

}  // namespace atelier::control
