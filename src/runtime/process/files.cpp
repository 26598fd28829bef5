#include "runtime/process/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <random>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/file.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;

Error SystemError(Code code, std::string_view step, int error_number) {
  return {code,
          "cannot " + std::string(step) + ": " + std::generic_category().message(error_number)};
}

namespace {

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

Status WriteAll(int fd, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(Code::kUnavailable, "write " + NameOf(path), errno);
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return Ok();
}

Status Own(std::uint32_t uid, const std::string& path) {
  if (::geteuid() != 0) return Ok();
  struct stat info{};
  if (::lstat(path.c_str(), &info) == 0 && info.st_uid == uid && info.st_gid == uid) return Ok();
  if (::lchown(path.c_str(), uid, uid) != 0) {
    return SystemError(Code::kUnavailable, "give " + NameOf(path) + " to the workload", errno);
  }
  return Ok();
}

constexpr const char* kFresh = ".new";
constexpr std::size_t kReserved = 4096;  // bytes

}  // namespace

Result<std::string> ReadFile(const std::string& path, std::size_t limit) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    const Code code = errno == ENOENT || errno == ENOTDIR ? Code::kNotFound : Code::kUnavailable;
    return SystemError(code, "open " + NameOf(path), errno);
  }
  std::string data;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(Code::kUnavailable, "read " + NameOf(path), errno);
    if (n == 0) return data;
    data.append(buffer, static_cast<std::size_t>(n));
    if (data.size() > limit) return Error(Code::kResourceExhausted, NameOf(path) + " is too large");
  }
}

Status ReplaceFile(const std::string& path, std::string_view data) {
  const std::string fresh = path + kFresh;
  {
    // Not emptied first: what is there may be space set aside on a disk that is full by now.
    const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return SystemError(Code::kUnavailable, "create " + NameOf(path), errno);
    ATELIER_RETURN_IF_ERROR(WriteAll(fd.get(), data, path));
    if (::ftruncate(fd.get(), static_cast<off_t>(data.size())) != 0) {
      return SystemError(Code::kUnavailable, "write " + NameOf(path), errno);
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return SystemError(Code::kUnavailable, "replace " + NameOf(path), errno);
  }
  return Ok();
}

Status WriteInto(const std::string& path, std::string_view data) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return SystemError(Code::kUnavailable, "open " + NameOf(path), errno);
  if (::write(fd.get(), data.data(), data.size()) != static_cast<ssize_t>(data.size())) {
    return SystemError(Code::kUnavailable, "write " + NameOf(path), errno);
  }
  return Ok();
}

Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemError(Code::kUnavailable, "make folder " + NameOf(path), errno);
  }
  return Ok();
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

UniqueFd OpenAt2(int at, const char* name, int flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.resolve = resolve;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, at, name, &how, sizeof how)));
}

Status PutFolder(std::uint32_t uid, const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Own(uid, path);
    return Error(Code::kFailedPrecondition, NameOf(path) + " is not a folder.");
  }
  const std::string fresh = path + ".new";
  ATELIER_RETURN_IF_ERROR(MakeFolder(fresh));  // or left, empty, by an attempt that was cut short
  ATELIER_FAILPOINT("runtime.folder_made");
  ATELIER_RETURN_IF_ERROR(Own(uid, fresh));
  ATELIER_FAILPOINT("runtime.folder_given");
  ATELIER_RETURN_IF_ERROR(SyncFolder(fresh));
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return SystemError(Code::kUnavailable, "put " + NameOf(path) + " in place", errno);
  }
  ATELIER_FAILPOINT("runtime.folder_placed");
  return SyncFolder(fs::path(path).parent_path().string());
}

Status ReserveFile(const std::string& path) {
  const UniqueFd fd(::open((path + kFresh).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return SystemError(Code::kUnavailable, "create " + NameOf(path), errno);
  return WriteAll(fd.get(), std::string(kReserved, ' '), path);
}

Status MoveToTrash(const std::string& path, const std::string& trash) {
  const std::string to = fmt::format("{}/{}.{:08x}{:08x}", trash, NameOf(path),
                                     std::random_device()(), std::random_device()());
  for (int attempt = 0;; ++attempt) {
    if (::rename(path.c_str(), to.c_str()) == 0) return Ok();
    const int why = errno;
    if (why == ENOENT && !Exists(path)) return Ok();
    if (attempt > 0) return SystemError(Code::kUnavailable, "remove " + NameOf(path), why);
    if (why == ENOENT) ATELIER_RETURN_IF_ERROR(MakeFolder(trash));
    // A folder that its owner made read-only: the way up out of it is in it.
    if (why == EACCES) (void)::chmod(path.c_str(), S_IRWXU);
  }
}

Result<std::string> TailOfLog(const std::string& log, const std::string& older, std::size_t limit) {
  const auto tail_of = [](const std::string& path, std::size_t most) -> Result<std::string> {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return Error(Code::kNotFound, "There is no output.");
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(most));
    std::string data(static_cast<std::size_t>(size - from), '\0');
    const ssize_t n = ::pread(fd.get(), data.data(), data.size(), from);
    data.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return data;
  };
  // One byte more than asked for tells whether the cut falls on the start of a line.
  auto data = tail_of(log, limit + 1);
  if (!data) return Error(Code::kNotFound, "There is no output.");
  if (data->size() <= limit) {
    if (const auto before = tail_of(older, limit + 1 - data->size())) data->insert(0, *before);
  }
  if (data->size() > limit) {
    const std::size_t cut = data->find('\n', data->size() - limit - 1);
    data->erase(0, cut == std::string::npos ? data->size() - limit : cut + 1);
  }
  return data;
}

}  // namespace atelier::runtime::process
