#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "recommender/data.h"

namespace atelier::recommender {

/// What a training may use. It runs on the calling thread alone, so it never takes more than one
/// core; its time is cubic in the number of items that fit.
struct Budget {
  /// At the most, beside the data. 256 MiB hold a model of 5,500 items.
  std::size_t bytes = std::size_t{256} << 20U;
};

/// Part done, 0 to 1, never falling. Called from the training thread, often; must be quick.
using Progress = std::function<void(double done)>;

/// An item model: how much having taken one item speaks for another (EASE: Steck, "Embarrassingly
/// Shallow Autoencoders for Sparse Data", 2019; the ridge regression of each item on all others, in
/// closed form). A user is not part of it, so what they do after the training counts at once.
/// Immutable; any number of threads may read it.
class Model {
 public:
  /// `weight` is what the item at `to` gains from one of full strength in a user's history.
  struct Edge {
    std::uint32_t to = 0;
    float weight = 0;
    friend bool operator==(const Edge&, const Edge&) = default;
  };

  Model() = default;  // knows no item
  std::size_t size() const { return keys_.size(); }
  const std::string& KeyOf(std::size_t index) const { return keys_[index]; }
  /// By `to`, ascending.
  std::span<const Edge> EdgesOf(std::size_t index) const {
    return std::span(edges_).subspan(starts_[index], starts_[index + 1] - starts_[index]);
  }

  /// The model as bytes, the same for equal models. Little endian, with version and checksum.
  std::string Encode() const;
  /// DataLoss (reason "UnreadableModel"): not such bytes, cut, changed, or of a newer version.
  /// Never more than that, whatever the bytes: it takes no more memory than a small multiple of
  /// them.
  static Result<Model> Decode(std::string_view bytes);

  friend bool operator==(const Model&, const Model&) = default;

 private:
  friend class ModelBuilder;

  std::vector<std::string> keys_;
  std::vector<std::uint64_t> starts_ = {0};  // size() + 1 of them, into edges_
  std::vector<Edge> edges_;
};

/// Trains on the histories of `data`. The same histories give the same model, bit for bit on one
/// build.
///
/// If not all items fit `budget`, those that most users took are in the model, and the others are
/// recommended by popularity and category alone.
///
/// - FailedPrecondition (reason "NotEnoughData"): fewer than two items that somebody took.
/// - ResourceExhausted (reason "TrainingBudget"): the budget holds not even two.
/// - Cancelled: `stop` was asked for. It is looked at for every user and every 64 columns, which is
///   several times a second at 5,000 items.
Result<Model> Train(const Data::Snapshot& data, const Budget& budget, const std::stop_token& stop,
                    const Progress& progress);

}  // namespace atelier::recommender
