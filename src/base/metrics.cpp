#include "base/metrics.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>
#define ATELIER_LIVE_HEAP_BYTES __sanitizer_get_current_allocated_bytes()
#endif
#endif

namespace atelier::metrics {

namespace {

/// Of /proc/self/stat, numbered as in proc_pid_stat(5).
struct ProcessStat {
  double cpu_ticks = 0;    // 14 and 15
  double start_ticks = 0;  // 22, since the boot
  double virtual_bytes = 0;
  double resident_pages = 0;
  bool known = false;
};

ProcessStat ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  // The name of the program, which may have anything in it, is the second.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  constexpr std::size_t kFirst = 3;
  constexpr std::size_t kLast = 24;
  if (fields.size() <= kLast - kFirst) return {};
  const auto field = [&](std::size_t number) {
    return std::strtod(fields[number - kFirst].c_str(), nullptr);
  };
  return {.cpu_ticks = field(14) + field(15),
          .start_ticks = field(22),
          .virtual_bytes = field(23),
          .resident_pages = field(kLast),
          .known = true};
}

/// Seconds since the epoch; 0: not known.
double BootTime() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word) {
    if (word == "btime") {
      file >> seconds;
      break;
    }
  }
  return seconds;
}

std::ptrdiff_t OpenDescriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator all("/proc/self/fd", failed);
  // Without the one that lists them.
  return failed ? 0 : std::distance(begin(all), end(all)) - 1;
}

}  // namespace

void AppendHead(std::string& out, std::string_view name, std::string_view type,
                std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

std::string Label(std::string_view name, std::string_view value) {
  std::string out(name);
  out += "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  out += '"';
  return out;
}

void Histogram::Record(std::chrono::nanoseconds took) {
  const auto bucket = std::lower_bound(bounds_us_.begin(), bounds_us_.end(),
                                       std::chrono::ceil<std::chrono::microseconds>(took).count());
  ++buckets_[static_cast<std::size_t>(bucket - bounds_us_.begin())];
  sum_ += took;
}

void Histogram::AppendSamples(std::string& out, std::string_view name,
                              std::string_view labels) const {
  const std::string_view comma = labels.empty() ? "" : ",";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bounds_us_.size(); ++i) {
    count += buckets_[i];
    fmt::format_to(std::back_inserter(out), "{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma,
                   static_cast<double>(bounds_us_[i]) / 1e6, count);
  }
  count += buckets_.back();
  fmt::format_to(std::back_inserter(out), "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, labels, comma,
                 count);
  AppendSample(out, std::string(name) + "_sum", labels,
               std::chrono::duration<double>(sum_).count());
  AppendSample(out, std::string(name) + "_count", labels, count);
}

void AppendProcess(std::string& out) {
  const ProcessStat stat = ReadStat();
  if (!stat.known) return;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  AppendSingle(out, "process_cpu_seconds_total", "counter", "CPU time of the server, in seconds.",
               stat.cpu_ticks / ticks);
  AppendGauge(out, "process_resident_memory_bytes", "Resident memory of the server.",
              stat.resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
#ifdef ATELIER_LIVE_HEAP_BYTES
  // For the tests: the resident memory of such a build is mostly the sanitizer's own.
  AppendGauge(out, "process_live_heap_bytes", "What the server has allocated and not freed.",
              ATELIER_LIVE_HEAP_BYTES);
#endif
  AppendGauge(out, "process_virtual_memory_bytes", "Virtual memory of the server.",
              stat.virtual_bytes);
  AppendGauge(out, "process_start_time_seconds", "When the server started, since the epoch.",
              BootTime() + stat.start_ticks / ticks);
  AppendGauge(out, "process_open_fds", "Open descriptors of the server.", OpenDescriptors());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    AppendGauge(out, "process_max_fds", "Descriptors that the server may open.", limit.rlim_cur);
}

}  // namespace atelier::metrics
