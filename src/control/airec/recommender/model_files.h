#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/ids.h"

namespace atelier::control {

/// The models of dataset versions: "<folder>/<recommender id>/<version>.model". Blocking: never on
/// the I/O thread.
class ModelFiles {
 public:
  explicit ModelFiles(std::string folder) : folder_(std::move(folder)) {}

  /// The whole file, flushed to the disk, or none: after a crash there is never a part of it.
  /// ResourceExhausted: the disk is full. Unavailable.
  Status Write(const model::RecommenderId& id, const std::string& version,
               std::string_view bytes) const;
  /// DataLoss: there is none, though a record says so. Unavailable.
  Result<std::string> Read(const model::RecommenderId& id, const std::string& version) const;
  /// Ok if it is absent. What cannot be removed takes space and nothing else.
  void Remove(const model::RecommenderId& id, const std::string& version) const;
  void RemoveAll(const model::RecommenderId& id) const;

 private:
  std::string folder_;
};

}  // namespace atelier::control
