#include "store/sqlite/folder.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>

#include <fmt/format.h>

#include "base/file.h"

namespace atelier::store::sqlite {

namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

Error Refused(std::string_view what, int error) {
  return Error(Code::kUnavailable, fmt::format("Cannot {} the data folder: {}.", what,
                                               std::generic_category().message(error)));
}

Status MakeFolder(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::absolute(path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(parent, failed);
  if (failed) return Refused("make", failed.value());
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) return Refused("make", errno);
  if (::chmod(path.c_str(), kFolderMode) != 0) return Refused("protect", errno);
  return SyncFolder(parent.string());
}

Result<UniqueFd> OpenFile(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd) return Refused("open a file of", errno);
  if (::fchmod(fd.get(), kFileMode) != 0) return Refused("protect a file of", errno);
  return fd;
}

}  // namespace

Result<Folder> Folder::Open(const std::string& path) {
  ATELIER_RETURN_IF_ERROR(MakeFolder(path));
  ATELIER_TRY(UniqueFd lock, OpenFile(path + "/atelier.lock"));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Refused("lock", errno);
    return Error(Code::kFailedPrecondition,
                 "Another process uses the data folder. Stop it, or choose another folder.",
                 "FolderInUse");
  }
  Folder folder(path, std::move(lock));
  // SQLite would make the file readable for everybody, and gives its log the mode of the database.
  // Before any connection: closing a descriptor of the file drops all locks the process has on it.
  ATELIER_RETURN_IF_ERROR(OpenFile(folder.database()));
  ATELIER_RETURN_IF_ERROR(SyncFolder(path));
  return folder;
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
