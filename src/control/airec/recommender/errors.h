#pragma once
#include <fmt/format.h>

#include "base/result.h"
#include "model/ids.h"

namespace atelier::control {

inline Error UnknownRecommender(const model::RecommenderId& id) {
  return {Code::kNotFound, fmt::format("Instance {} does not exist.", id.str()),
          "UnknownRecommender"};
}

}  // namespace atelier::control
