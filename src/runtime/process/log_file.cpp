#include "runtime/process/log_file.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atelier::runtime::process {

void LogFile::Write(std::string_view data) {
  while (!data.empty()) {
    if (file_ && size_ >= kLimit) {
      if (std::rename(run_.Log().c_str(), run_.OldLog().c_str()) != 0) return;
      file_.Reset();
    }
    if (!file_) {
      file_.Reset(::open(run_.Log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
      if (!file_) return;
      struct stat info{};
      size_ = ::fstat(file_.get(), &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
      if (size_ >= kLimit) continue;  // left full by an earlier writer
    }
    const ssize_t n = ::write(file_.get(), data.data(), std::min(data.size(), kLimit - size_));
    if (n <= 0) return;
    size_ += static_cast<std::size_t>(n);
    data.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace atelier::runtime::process
