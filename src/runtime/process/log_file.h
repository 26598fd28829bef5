#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/raii.h"
#include "runtime/process/paths.h"

namespace atelier::runtime::process {

/// The output of a life: out.log, and the part before it in out.log.1. Bounded; bytes that find no
/// room on the disk are dropped, the workload is never held up.
class LogFile {
 public:
  static constexpr std::size_t kLimit = 1 << 20;  // bytes in each of the two

  /// `stamp`: what time a line gets that begins with none (`2024-01-12...`, `[2024-01-12...`), with
  /// milliseconds, as it arrives; nullptr: lines stay as they are.
  explicit LogFile(RunPaths run, WallTime (*stamp)() = nullptr)
      : run_(std::move(run)), stamp_(stamp) {}
  void Write(std::string_view data);

 private:
  void Append(std::string_view data);

  RunPaths run_;
  WallTime (*stamp_)();
  bool line_begins_ = true;
  UniqueFd file_;
  std::size_t size_ = 0;
};

}  // namespace atelier::runtime::process
