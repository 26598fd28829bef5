#include "runtime/process/log_file.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace atelier::runtime::process {

namespace {

constexpr std::chrono::milliseconds kFlushEvery{1000};

/// A date is enough: how programs write what follows it is their business.
bool BeginsWithTime(std::string_view line) {
  static constexpr std::string_view kForm = "0000-00-00";
  if (line.starts_with('[')) line.remove_prefix(1);
  if (line.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = IsDigit(line[i]);
    if (kForm[i] == '0' ? !digit : line[i] != kForm[i]) return false;
  }
  return true;
}

}  // namespace

void LogFile::Write(std::string_view data, Time now) {
  if (stamp_ == nullptr) return Put(data, now);
  const std::string time = FormatMillis(stamp_()) + " ";
  std::string stamped;
  while (!data.empty()) {
    const std::string_view line = data.substr(0, std::min(data.find('\n'), data.size() - 1) + 1);
    if (line_begins_ && !BeginsWithTime(line)) stamped += time;
    stamped += line;
    line_begins_ = line.ends_with('\n');
    data.remove_prefix(line.size());
  }
  Put(stamped, now);
}

void LogFile::Put(std::string_view data, Time now) {
  Refill(now);
  if (held_.empty() && std::cmp_less_equal(data.size(), allowed_)) return Append(data);
  if (held_.empty()) due_ = now + kFlushEvery;
  held_ += data;
  DropTo(rate_.per_second);
}

void LogFile::FlushIfDue(Time now) {
  if (now < due()) return;
  Refill(now);
  DropTo(std::max<std::int64_t>(0, allowed_));
  Release();
}

void LogFile::Finish() { Release(); }

void LogFile::Refill(Time now) {
  using std::chrono::milliseconds;
  if (refilled_ == Time{}) refilled_ = now;
  const auto passed = std::chrono::floor<milliseconds>(now - refilled_);
  refilled_ += passed;  // what is less than a millisecond counts the next time
  const milliseconds enough(1000 * (rate_.burst - allowed_) / rate_.per_second + 1);
  allowed_ += std::min(passed, enough).count() * rate_.per_second / 1000;
  allowed_ = std::min(allowed_, rate_.burst);
}

void LogFile::DropTo(std::int64_t most) {
  if (std::cmp_less_equal(held_.size(), most)) return;
  std::size_t cut = held_.size() - static_cast<std::size_t>(most);
  const std::size_t line_end = held_.find('\n', cut - 1);
  if (line_end < held_.size() - 1) cut = line_end + 1;
  const auto gone = held_.begin() + static_cast<std::ptrdiff_t>(cut);
  dropped_lines_ += static_cast<std::uint64_t>(std::count(held_.begin(), gone, '\n'));
  dropped_bytes_ += cut;
  held_.erase(held_.begin(), gone);
}

void LogFile::Release() {
  if (dropped_bytes_ > 0) {
    Append(fmt::format("{}{}atelier: {} lines ({} bytes) of output were dropped\n",
                       line_ended_ ? "" : "\n", stamp_ ? FormatMillis(stamp_()) + " " : "",
                       dropped_lines_, dropped_bytes_));
    dropped_lines_ = 0;
    dropped_bytes_ = 0;
  }
  Append(held_);
  held_ = {};  // with its memory: most lives never come here again
}

void LogFile::Append(std::string_view data) {
  if (data.empty()) return;
  allowed_ -= static_cast<std::int64_t>(data.size());
  line_ended_ = data.back() == '\n';
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
