#include "runtime/process/sweep.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <linux/ioprio.h>
#include <linux/openat2.h>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/process.h"
#include "runtime/process/files.h"
#include "runtime/process/sandbox.h"
#include "runtime/process/sweeper.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;
namespace {

using Folder = std::unique_ptr<DIR, Call<::closedir>>;

/// One tree on its way out.
class Sweep {
 public:
  Sweep(int top, const BeforeFolder& before)
      : top_(top),
        before_(before),
        // Nobody can have made such names to stand in our way.
        prefix_(
            fmt::format(".sweep-{:08x}{:08x}-", std::random_device()(), std::random_device()())) {}

  Status Run() {
    struct stat info{};
    if (::fstat(top_, &info) == 0 && (info.st_mode & S_IRWXU) != S_IRWXU) {
      (void)::fchmod(top_, S_IRWXU);  // not ours to change: the next step says so
    }
    for (;;) {
      moved_on_ = false;
      const bool empty = ForEach(top_, [this](const char* name) { ClearEntry(name); });
      if (empty) return Ok();
      if (!moved_on_) return SystemError(Code::kUnavailable, "delete everything", error_);
    }
  }

 private:
  enum class Left : std::uint8_t { kNothing, kFolder, kSomething };

  /// Calls `each` with the names in a folder. True: there were none.
  template <class Each>
  bool ForEach(int folder, const Each& each) {
    // A descriptor of its own: each reading begins at the start.
    UniqueFd fd(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Folder entries(fd ? ::fdopendir(fd.get()) : nullptr);
    if (!entries) {
      error_ = errno;
      return false;
    }
    fd.Release();
    bool empty = true;
    while (const dirent* entry = ::readdir(entries.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      empty = false;
      each(entry->d_name);
    }
    return empty;
  }

  Left Remove(int folder, const char* name) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return Done();
    // EPERM is what POSIX says of a folder.
    if (errno == EISDIR || errno == EPERM) {
      const int why = errno;
      if (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return Done();
      if (errno == ENOTEMPTY || errno == EEXIST) return Left::kFolder;
      if (errno == ENOTDIR) errno = why;
    }
    error_ = errno;
    return Left::kSomething;
  }

  Left Done() {
    moved_on_ = true;
    return Left::kNothing;
  }

  void ClearEntry(const char* name) {
    if (Remove(top_, name) != Left::kFolder) return;
    const UniqueFd folder = OpenFolder(top_, name);
    if (!folder) {
      error_ = errno;
      return;
    }
    if (before_) before_(folder.get());
    ForEach(folder.get(), [&](const char* inner) {
      if (Remove(folder.get(), inner) == Left::kFolder) MoveUp(folder.get(), inner);
    });
    (void)Remove(top_, name);  // what is left of it is met again
  }

  void MoveUp(int folder, const char* name) {
    const std::string to = prefix_ + std::to_string(++count_);
    if (::renameat(folder, name, top_, to.c_str()) != 0) {
      if (errno == ENOENT) return;
      // Moving a folder changes its "..": its owner must be allowed to write to it.
      const UniqueFd opened = OpenFolder(folder, name);
      if (!opened || ::renameat(folder, name, top_, to.c_str()) != 0) {
        error_ = errno;
        return;
      }
    }
    moved_on_ = true;
  }

  const int top_;
  const BeforeFolder& before_;
  const std::string prefix_;
  std::uint64_t count_ = 0;
  bool moved_on_ = false;
  int error_ = 0;
};

}  // namespace

UniqueFd OpenFolder(int at, const char* name) {
  const UniqueFd handle = OpenAt2(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW,
                                  RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
  struct stat info{};
  if (!handle || ::fstat(handle.get(), &info) != 0) return {};
  if ((info.st_mode & S_IRWXU) != S_IRWXU) {
    // Only an open file has a mode to change; this one is named by its descriptor.
    const std::string self = "/proc/self/fd/" + std::to_string(handle.get());
    (void)::chmod(self.c_str(), S_IRWXU);  // not ours to change: the next step says so
  }
  return UniqueFd(::openat(handle.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Status EmptyFolder(int folder, const BeforeFolder& before) { return Sweep(folder, before).Run(); }

Status RemoveTree(const std::string& path, const BeforeFolder& before) {
  const fs::path whole(path);
  const UniqueFd parent(::open(whole.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string name = whole.filename().string();
  const UniqueFd folder = parent ? OpenFolder(parent.get(), name.c_str()) : UniqueFd();
  Status emptied = Ok();
  if (folder) {
    if (before) before(folder.get());
    emptied = EmptyFolder(folder.get(), before);
  } else if (errno != ENOENT) {
    ::unlink(path.c_str());  // no folder at all; a folder that cannot be opened stays
  }
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return Ok();
  if (!emptied) return emptied;
  return SystemError(Code::kUnavailable, "remove " + name, errno);
}

}  // namespace atelier::runtime::process

namespace atelier::runtime {
namespace {

constexpr rlim_t kMaxDescriptors = 32;
constexpr int kLowestPriority = 19;
constexpr int kOomScore = 1000;  // may go first: the next one takes up its work
constexpr auto kSliceSeconds = static_cast<unsigned>(
    std::chrono::duration_cast<std::chrono::seconds>(process::kSweepSlice).count());

void BeModest() {
  const rlimit files{kMaxDescriptors, kMaxDescriptors};
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::setpriority(PRIO_PROCESS, 0, kLowestPriority);
  ::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
  (void)process::WriteInto("/proc/self/oom_score_adj", std::to_string(kOomScore));
  ::signal(SIGALRM, SIG_DFL);
  ::alarm(kSliceSeconds);
}

/// A folder that belongs to a workload is emptied by a process with the rights of that workload
/// only. What that one cannot delete, as things that an operator put there, is left to the caller.
void EmptyAsItsOwner(int folder) {
  struct stat info{};
  if (::geteuid() != 0 || ::fstat(folder, &info) != 0 || info.st_uid == 0) return;
  const pid_t parent = ::getpid();
  const unsigned left = ::alarm(0);
  ::alarm(left);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(info.st_gid, info.st_gid, info.st_gid) != 0 ||
        ::setresuid(info.st_uid, info.st_uid, info.st_uid) != 0) {
      ::_exit(1);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // The credentials of /proc/self follow only a process that may be looked at.
    ::prctl(PR_SET_DUMPABLE, 1);
    if (::getppid() != parent) ::_exit(1);
    ::alarm(std::max(left, 1U));
    ::_exit(process::EmptyFolder(folder) ? 0 : 1);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

int SweepMain(int argc, char** argv) {
  if (argc != 2) return 2;
  ::close_range(3, ~0U, 0);
  // It has the rights of tenants below, so it holds nothing of the server's. No code of theirs runs
  // in it: a host without room for one more keyring still gets its folders removed.
  (void)process::LeaveSessionKeyring();
  BeModest();
  const Status removed = process::RemoveTree(argv[1], EmptyAsItsOwner);
  if (removed) return 0;
  // For the server, which says it to the operator.
  const std::string why = removed.error().message() + "\n";
  return ::write(STDOUT_FILENO, why.data(), why.size()) > 0 ? 1 : 3;
}

}  // namespace atelier::runtime
