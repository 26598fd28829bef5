#include "store/sqlite/folder.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.h"

namespace atelier::store::sqlite {

namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

Error Refused(std::string_view step, const std::string& path, int error_number) {
  return Error(Code::kUnavailable, fmt::format("Cannot {} {}: {}. It must belong to the user that "
                                               "runs the server, on a disk that can be written.",
                                               step, path, WhyRefused(path, error_number)));
}

Status MakeFolder(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::absolute(path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(parent, failed);
  if (failed) return Refused("make", parent.string(), failed.value());
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return Refused("make", path, errno);
  if (::chmod(path.c_str(), kFolderMode) != 0) return Refused("protect", path, errno);
  return SyncFolder(parent.string());
}

Result<UniqueFd> OpenFile(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd) return Refused("open", path, errno);
  if (::fchmod(fd.get(), kFileMode) != 0) return Refused("protect", path, errno);
  return fd;
}

Error InUse() {
  return {Code::kFailedPrecondition,
          "Another process uses the data folder. Stop it, or choose another folder.",
          "FolderInUse"};
}

Status LockWhole(int fd, const std::string& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return Ok();
  return errno == EWOULDBLOCK ? InUse() : Refused("lock", path, errno);
}

Result<UniqueFd> LockFolder(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return Refused("open", path, errno);
  const Status locked = LockWhole(fd.get(), path);
  // Some network file systems lock no folders; the files are locked there all the same.
  if (!locked && locked.error().code() == Code::kFailedPrecondition) return locked.error();
  return fd;
}

/// One byte far from those that SQLite locks (sqlite.org/fileformat.html section 1.4): flock would
/// be a lock of the whole file where the file system is a network's, and shut SQLite out.
Status LockDatabase(int fd, const std::string& path) {
  struct flock area{};
  area.l_type = F_WRLCK;
  area.l_whence = SEEK_SET;
  area.l_start = off_t{1} << 62U;
  area.l_len = 1;
  if (::fcntl(fd, F_OFD_SETLK, &area) == 0) return Ok();
  return errno == EAGAIN || errno == EACCES ? InUse() : Refused("lock", path, errno);
}

/// SQLite would say no more than that it cannot open the database.
Status CheckWritable(const std::string& path) {
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0 || errno == ENOENT)
    return Ok();
  return Refused("write", path, errno);
}

std::pair<dev_t, ino_t> FileAt(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

}  // namespace

Result<Folder> Folder::Open(const std::string& path) {
  ATELIER_RETURN_IF_ERROR(MakeFolder(path));
  ATELIER_TRY(UniqueFd whole, LockFolder(path));
  ATELIER_TRY(UniqueFd lock, OpenFile(path + "/atelier.lock"));
  ATELIER_RETURN_IF_ERROR(LockWhole(lock.get(), path));
  // SQLite would make the file readable for everybody, and gives its log the mode of the database.
  ATELIER_TRY(UniqueFd database, OpenFile(path + "/atelier.db"));
  ATELIER_RETURN_IF_ERROR(LockDatabase(database.get(), path));
  for (const char* suffix : {"-wal", "-shm"})
    ATELIER_RETURN_IF_ERROR(CheckWritable(path + "/atelier.db" + suffix));
  ATELIER_RETURN_IF_ERROR(SyncFolder(path));
  return Folder(path, {std::move(whole), std::move(lock), std::move(database)});
}

Folder::Files Folder::CurrentFiles() const {
  return {FileAt(database()), FileAt(database() + "-wal")};
}

bool Folder::KeepReserve(std::uint64_t bytes) const {
  if (bytes == 0) return true;
  const auto file = OpenFile(reserve());
  if (file && ::posix_fallocate(file->get(), 0, static_cast<off_t>(bytes)) == 0) return true;
  SpendReserve();  // a part of it helps nobody
  return false;
}

void Folder::SpendReserve() const { ::unlink(reserve().c_str()); }  // not there: spent already

std::uint64_t Folder::FreeBytes() const {
  struct statvfs info{};
  // Unknown is not full: the write itself will tell.
  if (::statvfs(path_.c_str(), &info) != 0) return UINT64_MAX;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace atelier::store::sqlite
