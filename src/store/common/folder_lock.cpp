#include "store/common/folder_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.h"

namespace atelier::store {

namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

Status MakeFolder(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::absolute(path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(parent, failed);
  if (failed) return FolderRefused("make", parent.string(), failed.value());
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return FolderRefused("make", path, errno);
  if (::chmod(path.c_str(), kFolderMode) != 0) return FolderRefused("protect", path, errno);
  return SyncFolder(parent.string());
}

Status LockWhole(int fd, const std::string& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return Ok();
  return errno == EWOULDBLOCK ? FolderInUse() : FolderRefused("lock", path, errno);
}

Result<UniqueFd> LockFolder(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return FolderRefused("open", path, errno);
  const Status locked = LockWhole(fd.get(), path);
  // Some network file systems lock no folders; the files are locked there all the same.
  if (!locked && locked.error().code() == Code::kFailedPrecondition) return locked.error();
  return fd;
}

}  // namespace

Result<FolderLock> FolderLock::Take(const std::string& path) {
  ATELIER_RETURN_IF_ERROR(MakeFolder(path));
  ATELIER_TRY(UniqueFd folder, LockFolder(path));
  ATELIER_TRY(UniqueFd file, OpenPrivateFile(path + "/atelier.lock"));
  ATELIER_RETURN_IF_ERROR(LockWhole(file.get(), path));
  return FolderLock(std::move(folder), std::move(file));
}

std::pair<dev_t, ino_t> FolderLock::Identity() const {
  struct stat info{};
  if (::fstat(file_.get(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

Result<UniqueFd> OpenPrivateFile(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd) return FolderRefused("open", path, errno);
  if (::fchmod(fd.get(), kFileMode) != 0) return FolderRefused("protect", path, errno);
  return fd;
}

Error FolderInUse() {
  return {Code::kFailedPrecondition,
          "Another process uses the data folder. Stop it, or choose another folder.",
          "FolderInUse"};
}

Error FolderRefused(std::string_view step, const std::string& path, int error_number) {
  return {Code::kUnavailable,
          fmt::format("Cannot {} {}: {}. It must belong to the user that runs the server, on a "
                      "disk that can be written.",
                      step, path, WhyRefused(path, error_number))};
}

}  // namespace atelier::store
