#pragma once
#include <string>

#include "base/result.h"

namespace atelier::runtime::process {

/// A fresh folder (mode 0700) for the trial sandbox of a start, gone with its object: `.trial` in
/// the folder of the instances; in memory when their disk is full, because a server that does not
/// start could not delete what filled it. Blocking.
class TrialFolder {
 public:
  /// Unavailable: it cannot be made.
  static Result<TrialFolder> Make(const std::string& instances);
  TrialFolder(TrialFolder&& other) noexcept;
  TrialFolder& operator=(TrialFolder&&) = delete;
  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;
  ~TrialFolder();

  const std::string& path() const { return path_; }

 private:
  explicit TrialFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace atelier::runtime::process
