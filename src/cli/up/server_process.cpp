#include "cli/up/server_process.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/raii.h"

namespace atelier::cli {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kLogMode = 0600;

UniqueFd OpenPidfd(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

bool IsSameFile(const std::string& a, const struct stat& b) {
  struct stat info{};
  return ::stat(a.c_str(), &info) == 0 && info.st_dev == b.st_dev && info.st_ino == b.st_ino;
}

/// Its first argument; by it the server is told from what only looks at its files.
bool IsServe(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  std::string program;
  std::string command;
  std::getline(file, program, '\0');
  std::getline(file, command, '\0');
  return command == "serve";
}

bool HasOpen(pid_t pid, const struct stat& wanted) {
  std::error_code failed;  // gone, or another user's: nothing to see
  for (fs::directory_iterator it(fmt::format("/proc/{}/fd", pid), failed), end;
       !failed && it != end; it.increment(failed)) {
    if (IsSameFile(it->path().string(), wanted)) return true;
  }
  return false;
}

bool HoldsStore(pid_t pid, const std::string& data) {
  struct stat lock{};
  return ::stat((data + "/store/atelier.lock").c_str(), &lock) == 0 && HasOpen(pid, lock);
}

Error Refused(std::string_view what, int error_number) {
  return {Code::kUnavailable, fmt::format("The server could not be started: {}: {}.", what,
                                          std::generic_category().message(error_number))};
}

/// Descriptors and signals of the new process; what it inherits else is the caller's.
class SpawnPlan {
 public:
  explicit SpawnPlan(int log) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, log, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, log, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::optional<ServerProcess> ServerProcess::Find(const std::string& data,
                                                 const asio::any_io_executor& io) {
  std::error_code failed;  // no /proc: nothing can be found
  for (fs::directory_iterator it("/proc", failed), end; !failed && it != end;
       it.increment(failed)) {
    const std::string name = it->path().filename().string();
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || rest != name.data() + name.size()) continue;
    if (!IsServe(pid) || !HoldsStore(pid, data)) continue;
    UniqueFd pidfd = OpenPidfd(pid);
    // Looked at again: from the opening on the descriptor cannot change its meaning.
    if (pidfd && HoldsStore(pid, data)) return ServerProcess(pid, pidfd.Release(), io);
  }
  return std::nullopt;
}

Result<ServerProcess> ServerProcess::Start(const ServerCommand& command,
                                           const asio::any_io_executor& io) {
  std::vector<std::string> words{"atelier",    "serve",    "--data",
                                 command.data, "--listen", command.listen};
  if (!command.apps_listen.empty()) {
    words.emplace_back("--apps-listen");
    words.push_back(command.apps_listen);
  }
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const UniqueFd log(::open(command.log.c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, kLogMode));
  if (!log) return Refused(command.log, errno);
  const SpawnPlan plan(log.get());
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, command.program.c_str(), plan.actions(), plan.attributes(),
                                  arguments.data(), environ);
  if (error != 0) return Refused(command.program, error);
  // A child that is not waited for keeps its pid, so this is the very process.
  UniqueFd pidfd = OpenPidfd(pid);
  if (pidfd) return ServerProcess(pid, pidfd.Release(), io);
  const int why = errno;
  ::kill(pid, SIGKILL);  // not one that nobody can watch
  ::waitpid(pid, nullptr, 0);
  return Refused("its process cannot be watched", why);
}

bool ServerProcess::IsAlive() const {
  pollfd ended{end_->native_handle(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

bool ServerProcess::Serves(const std::string& data) const {
  return HoldsStore(pid_, data) && IsAlive();
}

bool ServerProcess::Runs(const std::string& program) const {
  struct stat file{};
  return ::stat(program.c_str(), &file) == 0 && IsSameFile(fmt::format("/proc/{}/exe", pid_), file);
}

void ServerProcess::Signal(int number) const {
  ::syscall(SYS_pidfd_send_signal, end_->native_handle(), number, nullptr, 0);
}

Task<void> ServerProcess::AwaitEnd() {
  while (IsAlive()) co_await end_->async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
}

std::optional<int> ServerProcess::ExitCode() {
  siginfo_t info{};
  const auto id = static_cast<id_t>(end_->native_handle());
  if (::waitid(P_PIDFD, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
    return std::nullopt;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

}  // namespace atelier::cli
