#include "runtime/process/take_over.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "runtime/process/files.h"
#include "runtime/process/paths.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;

namespace {

Error NotMoved(const fs::path& path, int error_number) {
  return SystemError(Code::kFailedPrecondition, "move the workload " + path.string(), error_number);
}

Status Rename(const fs::path& from, const fs::path& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? Ok() : Status(NotMoved(from, errno));
}

/// Leaves a link behind. In one step where the file system can: its shim may be writing.
Status MoveWorkload(const fs::path& from, const fs::path& to) {
  const fs::path link = to.lexically_relative(from.parent_path());
  if (fs::is_symlink(to)) fs::remove(to);  // of an attempt that was cut short
  if (::symlink(link.c_str(), to.c_str()) != 0) return NotMoved(from, errno);
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return Ok();
  const int error_number = errno;
  fs::remove(to);
  if (error_number != EINVAL && error_number != ENOSYS) return NotMoved(from, error_number);
  ATELIER_RETURN_IF_ERROR(Rename(from, to));
  return ::symlink(link.c_str(), from.c_str()) == 0 ? Ok() : Status(NotMoved(from, errno));
}

Status MoveTrash(const fs::path& from, const fs::path& to) {
  ATELIER_RETURN_IF_ERROR(MakeFolder(to.string()));
  for (const auto& entry : fs::directory_iterator(from))
    ATELIER_RETURN_IF_ERROR(Rename(entry.path(), to / entry.path().filename()));
  fs::remove(from);
  return Ok();
}

}  // namespace

Status TakeOver(const std::string& from, const std::string& into) {
  try {
    for (const auto& entry : fs::directory_iterator(from)) {
      const std::string name = entry.path().filename().string();
      const fs::path to = fs::path(into) / name;
      if (entry.is_symlink()) {
        if (!fs::exists(entry.path())) fs::remove(entry.path());
      } else if (name == kTrash) {
        ATELIER_RETURN_IF_ERROR(MoveTrash(entry.path(), to));
      } else if (IdIsSafe(name)) {
        ATELIER_RETURN_IF_ERROR(MoveWorkload(entry.path(), to));
      }
    }
    if (fs::is_empty(from)) fs::remove(from);
    return Ok();
  } catch (const fs::filesystem_error& error) {
    return NotMoved(error.path1(), error.code().value());
  }
}

}  // namespace atelier::runtime::process
