#include "runtime/process/procfs.h"

#include <charconv>
#include <dirent.h>
#include <map>
#include <memory>
#include <poll.h>
#include <signal.h>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/boot.h"
#include "base/text.h"
#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

constexpr int kKillWaitMs = 5'000;

std::uint64_t Number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Stat {
  char state = 0;
  std::vector<std::uint64_t> fields;  // from the third on; words and negative numbers read as 0
  std::uint64_t field(std::size_t number) const { return fields[number - 3]; }  // as in proc(5)
  int parent() const { return static_cast<int>(field(4)); }
};

std::optional<Stat> StatOf(int pid) {
  const auto text = ReadFile("/proc/" + std::to_string(pid) + "/stat");
  if (!text) return std::nullopt;
  const std::size_t end =
      text->rfind(')');  // the second field, the name, may hold blanks and brackets
  if (end == std::string::npos) return std::nullopt;
  const auto words = Words(std::string_view(*text).substr(end + 1), kWhitespace);
  if (words.size() < 22) return std::nullopt;
  Stat stat;
  stat.state = words.front().front();
  for (const std::string_view word : words) stat.fields.push_back(Number(word));
  return stat;
}

std::multimap<int, int> ChildrenByParent() {
  std::multimap<int, int> children;
  for (const int pid : AllPids()) {
    if (const auto stat = StatOf(pid)) children.emplace(stat->parent(), pid);
  }
  return children;
}

/// The number after "key:" or "key " at the start of a line.
std::uint64_t LineValue(const std::string& text, std::string_view key) {
  for (const std::string_view line : Lines(text)) {
    if (!line.starts_with(key)) continue;
    const auto words = Words(line.substr(key.size()));
    return words.empty() ? 0 : Number(words.front());
  }
  return 0;
}

}  // namespace

std::optional<ProcessRef> RefOf(int pid) {
  const auto stat = StatOf(pid);
  if (!stat) return std::nullopt;
  return ProcessRef{pid, stat->field(22), BootId()};
}

bool IsAlive(const ProcessRef& process) {
  if (process.pid <= 0 || process.boot_id != BootId()) return false;
  const auto stat = StatOf(process.pid);
  return stat && stat->field(22) == process.start_ticks && stat->state != 'Z' && stat->state != 'X';
}

UniqueFd OpenPidfd(const ProcessRef& process) {
  if (process.pid <= 0) return {};
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  // Checked after opening: from here on the descriptor cannot change its meaning.
  if (fd && !IsAlive(process)) fd.Reset();
  return fd;
}

bool SendSignal(const ProcessRef& process, int signal, int word) {
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_int = word;
  if (const UniqueFd fd = OpenPidfd(process)) {
    return ::syscall(SYS_pidfd_send_signal, fd.get(), signal, word != 0 ? &info : nullptr, 0) == 0;
  }
  return false;
}

bool KillAndWait(const ProcessRef& process) {
  const UniqueFd fd = OpenPidfd(process);
  if (!fd) return !IsAlive(process);
  ::syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0);
  pollfd wait{fd.get(), POLLIN, 0};
  return ::poll(&wait, 1, kKillWaitMs) == 1;
}

std::vector<int> AllPids() {
  std::vector<int> pids;
  const std::unique_ptr<DIR, Call<::closedir>> proc(::opendir("/proc"));
  if (!proc) return pids;
  while (const dirent* entry = ::readdir(proc.get())) {
    if (const int pid = static_cast<int>(Number(entry->d_name)); pid != 0) pids.push_back(pid);
  }
  return pids;
}

std::vector<int> ChildrenOf(int pid) {
  std::vector<int> found;
  const auto children = ChildrenByParent();
  const auto [begin, end] = children.equal_range(pid);
  for (auto it = begin; it != end; ++it) found.push_back(it->second);
  return found;
}

std::vector<int> TreeOf(int pid) {
  const auto children = ChildrenByParent();
  std::vector<int> tree{pid};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto [begin, end] = children.equal_range(tree[i]);
    for (auto it = begin; it != end; ++it) tree.push_back(it->second);
  }
  return tree;
}

TreeUsage UsageOf(const std::vector<int>& pids) {
  static const auto kTicksASecond = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  static const auto kPageSize = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  TreeUsage sum;
  for (const int pid : pids) {
    if (const auto stat = StatOf(pid)) {
      const std::uint64_t ticks =
          stat->field(14) + stat->field(15) + stat->field(16) + stat->field(17);
      sum.cpu_ms += ticks * 1000 / kTicksASecond;
      sum.resident_bytes += stat->field(24) * kPageSize;
    }
    if (const auto io = ReadFile("/proc/" + std::to_string(pid) + "/io")) {
      sum.read_bytes += LineValue(*io, "read_bytes:");
      sum.write_bytes += LineValue(*io, "write_bytes:");
    }
  }
  return sum;
}

NetworkUsage NetworkOf(int pid) {
  NetworkUsage sum;
  const auto text = ReadFile("/proc/" + std::to_string(pid) + "/net/dev");
  if (!text) return sum;
  for (const std::string_view line : Lines(*text)) {
    const Halves halves = Cut(line, ':');
    const std::string_view name = Trim(halves.before);
    const auto counters = Words(halves.after);
    if (name.empty() || name == "lo" || counters.size() < 9) continue;
    sum.in_bytes += Number(counters[0]);
    sum.out_bytes += Number(counters[8]);
  }
  return sum;
}

int InnerPid(int pid) {
  const auto text = ReadFile("/proc/" + std::to_string(pid) + "/status");
  if (!text) return 0;
  const std::size_t at = text->find("\nNSpid:");
  if (at == std::string::npos) return 0;
  const auto words =
      Words(std::string_view(*text).substr(at + 7, text->find('\n', at + 1) - at - 7), kWhitespace);
  return words.empty() ? 0 : static_cast<int>(Number(words.back()));
}

}  // namespace atelier::runtime::process
