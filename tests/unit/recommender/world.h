#pragma once
#include <memory>
#include <string>
#include <vector>

#include "recommender/data.h"
#include "recommender/model.h"

namespace atelier::recommender {

inline constexpr WallTime kNow = WallTime(std::chrono::seconds(1'700'000'000));

/// `user` does the same with each of `items`, now.
inline void Take(Data& data, const std::string& user, const std::vector<std::string>& items,
                 const std::string& type = "click") {
  for (const std::string& item : items) {
    data.Add({.user = user, .item = item, .type = type, .when = kNow});
  }
}

/// Trains on all that is known, with memory enough.
inline Result<Model> TrainAll(Data& data) {
  return Train(data.TakeSnapshot(), {}, {}, [](double) {});
}

inline Result<Model> TrainAll(Data&& data) { return TrainAll(data); }

/// The same; the test ends, by exception, if there is nothing to learn from.
inline std::shared_ptr<const Model> Learn(Data& data) {
  return std::make_shared<const Model>(TrainAll(data).value());
}

}  // namespace atelier::recommender
