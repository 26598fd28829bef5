#pragma once
#include <cstdint>
#include <string>

#include "base/data_folder.h"
#include "base/result.h"
#include "cli/run/cli_environment.h"
#include "store/snapshot.h"

namespace atelier::cli {

/// Reads everything, and says on `env.out` what is wrong and what to do about it.
class StoreCheck {
 public:
  explicit StoreCheck(CliEnvironment& env) : env_(env) {}

  /// Every record of it. Ok also if some are damaged: problems() counts them.
  Status ReadBlocking(store::Snapshot& snapshot);
  /// What belongs to a store and is beside it: the key file, the models.
  Status CheckBeside(const DataFolder& folder, store::Snapshot& snapshot);

  std::uint64_t problems() const { return problems_; }
  /// What was read, in words.
  std::string Summary() const { return summary_; }

 private:
  void Say(std::string_view what);

  CliEnvironment& env_;
  std::uint64_t problems_ = 0;
  std::string summary_;
};

}  // namespace atelier::cli
