#include "base/file.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/raii.h"

namespace atelier {

namespace {

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Status Fill(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return FileError("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fsync(fd) != 0) return FileError("flush", path, errno);
  return Ok();
}

/// A file beside `path` with `bytes` in it, flushed; none if that fails, for the disk may be full.
/// A leftover of a crash is made anew: it may have another mode, or be a link.
Result<std::string> WriteBeside(const std::string& path, std::string_view bytes) {
  std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return FileError("make", path, errno);
  if (const Status filled = Fill(fd.get(), bytes, path); !filled) {
    ::unlink(fresh.c_str());
    return filled.error();
  }
  return fresh;
}

}  // namespace

Error FileError(std::string_view step, const std::string& path, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return {full ? Code::kResourceExhausted : Code::kUnavailable,
          fmt::format("cannot {} {}: {}", step, std::filesystem::path(path).filename().string(),
                      std::generic_category().message(error_number))};
}

std::string WhyRefused(const std::string& path, int error_number) {
  struct stat info{};
  if ((error_number == EACCES || error_number == EPERM) && ::lstat(path.c_str(), &info) == 0 &&
      info.st_uid != ::geteuid()) {
    return fmt::format("it belongs to user {}, and the server runs as user {}", info.st_uid,
                       ::geteuid());
  }
  if (error_number == ELOOP) return "it is a symbolic link";
  return std::generic_category().message(error_number);
}

std::optional<std::string> ReadWholeFile(const std::string& path, std::size_t most) {
  constexpr std::size_t kPiece = 64U << 10U;
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  // Its size is not asked for: it may be a pipe.
  while (file && bytes.size() <= most) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kPiece);
    file.read(bytes.data() + before, kPiece);
    bytes.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() || file.bad() || bytes.size() > most) return std::nullopt;
  return bytes;
}

Status WriteFileDurably(const std::string& path, std::string_view bytes) {
  ATELIER_TRY(const std::string fresh, WriteBeside(path, bytes));
  ATELIER_FAILPOINT("file.replace");
  if (::rename(fresh.c_str(), path.c_str()) != 0) return FileError("replace", path, errno);
  return SyncFolder(FolderOf(path));
}

Status CreateFileDurably(const std::string& path, std::string_view bytes) {
  ATELIER_TRY(const std::string fresh, WriteBeside(path, bytes));
  // Unlike rename, it never replaces what somebody else has made meanwhile.
  const int error_number = ::link(fresh.c_str(), path.c_str()) == 0 ? 0 : errno;
  ::unlink(fresh.c_str());  // a leftover is harmless
  if (error_number == EEXIST) {
    return Error(
        Code::kAlreadyExists,
        fmt::format("{} is there already", std::filesystem::path(path).filename().string()));
  }
  if (error_number != 0) return FileError("make", path, error_number);
  return SyncFolder(FolderOf(path));
}

Status SyncFolder(const std::string& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return FileError("flush", folder, errno);
  return Ok();
}

}  // namespace atelier
