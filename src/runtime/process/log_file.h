#pragma once
#include <string>
#include <string_view>

#include "base/raii.h"
#include "runtime/process/paths.h"

namespace atelier::runtime::process {

/// The output of a life: out.log, and the part before it in out.log.1. Bounded; bytes that find no
/// room on the disk are dropped, the workload is never held up.
class LogFile {
 public:
  static constexpr std::size_t kLimit = 1 << 20;  // bytes in each of the two

  explicit LogFile(RunPaths run) : run_(std::move(run)) {}
  void Write(std::string_view data);

 private:
  RunPaths run_;
  UniqueFd file_;
  std::size_t size_ = 0;
};

}  // namespace atelier::runtime::process
