#include "runtime/process/log_file.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atelier::runtime::process {

namespace {

/// A date is enough: how programs write what follows it is their business.
bool BeginsWithTime(std::string_view line) {
  static constexpr std::string_view kForm = "0000-00-00";
  if (line.starts_with('[')) line.remove_prefix(1);
  if (line.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = line[i] >= '0' && line[i] <= '9';
    if (kForm[i] == '0' ? !digit : line[i] != kForm[i]) return false;
  }
  return true;
}

}  // namespace

void LogFile::Write(std::string_view data) {
  if (stamp_ == nullptr) return Append(data);
  const std::string time = FormatMillis(stamp_()) + " ";
  std::string stamped;
  while (!data.empty()) {
    const std::string_view line = data.substr(0, std::min(data.find('\n'), data.size() - 1) + 1);
    if (line_begins_ && !BeginsWithTime(line)) stamped += time;
    stamped += line;
    line_begins_ = line.ends_with('\n');
    data.remove_prefix(line.size());
  }
  Append(stamped);
}

void LogFile::Append(std::string_view data) {
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
