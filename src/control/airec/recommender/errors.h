#pragma once
#include <string>

#include <fmt/format.h>

#include "base/result.h"
#include "model/ids.h"

namespace atelier::control {

inline Error UnknownRecommender(const model::RecommenderId& id) {
  return {Code::kNotFound, fmt::format("Instance {} does not exist.", id.str()),
          "UnknownRecommender"};
}

/// Of the turn and of the audit record of what changes it.
inline std::string RecommenderTarget(const model::RecommenderId& id) {
  return "recommender/" + id.str();
}

}  // namespace atelier::control
