#pragma once
#include <string>
#include <utility>
#include <vector>

#include "recommender/model.h"

namespace atelier::recommender {

/// The one way into a Model's members.
class ModelBuilder {
 public:
  /// `out[i]` are the edges of `keys[i]`, each `to` below the number of keys, ascending.
  static Model Build(std::vector<std::string> keys,
                     const std::vector<std::vector<Model::Edge>>& out);
  /// As stored: one more start than keys, rising from 0 to the number of edges.
  static Model Take(std::vector<std::string> keys, std::vector<std::uint64_t> starts,
                    std::vector<Model::Edge> edges) {
    Model model;
    model.keys_ = std::move(keys);
    model.starts_ = std::move(starts);
    model.edges_ = std::move(edges);
    return model;
  }
};

}  // namespace atelier::recommender
