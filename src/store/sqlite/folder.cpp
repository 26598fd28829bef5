#include "store/sqlite/folder.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"

namespace atelier::store::sqlite {

namespace {

/// One byte far from those that SQLite locks (sqlite.org/fileformat.html section 1.4): flock would
/// be a lock of the whole file where the file system is a network's, and shut SQLite out.
Status LockDatabase(int fd, const std::string& path) {
  struct flock area{};
  area.l_type = F_WRLCK;
  area.l_whence = SEEK_SET;
  area.l_start = off_t{1} << 62U;
  area.l_len = 1;
  if (::fcntl(fd, F_OFD_SETLK, &area) == 0) return Ok();
  return errno == EAGAIN || errno == EACCES ? FolderInUse() : FolderRefused("lock", path, errno);
}

/// SQLite would say no more than that it cannot open the database.
Status CheckWritable(const std::string& path) {
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0 || errno == ENOENT)
    return Ok();
  return FolderRefused("write", path, errno);
}

std::pair<dev_t, ino_t> FileAt(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

}  // namespace

Result<Folder> Folder::Open(const std::string& path) {
  ATELIER_TRY(FolderLock lock, FolderLock::Take(path));
  // SQLite would make the file readable for everybody, and gives its log the mode of the database.
  ATELIER_TRY(UniqueFd database, OpenPrivateFile(path + "/atelier.db"));
  ATELIER_RETURN_IF_ERROR(LockDatabase(database.get(), path));
  for (const char* suffix : {"-wal", "-shm"})
    ATELIER_RETURN_IF_ERROR(CheckWritable(path + "/atelier.db" + suffix));
  ATELIER_RETURN_IF_ERROR(SyncFolder(path));
  return Folder(path, std::move(lock), std::move(database));
}

Folder::Files Folder::CurrentFiles() const {
  return {FileAt(database()), FileAt(database() + "-wal")};
}

bool Folder::KeepReserve(std::uint64_t bytes) const {
  if (bytes == 0) return true;
  const auto file = OpenPrivateFile(reserve());
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
