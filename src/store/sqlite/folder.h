#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <utility>

#include "base/raii.h"
#include "base/result.h"
#include "store/common/folder_lock.h"

namespace atelier::store::sqlite {

/// The data folder: readable by its owner only, used by one process at a time. Holding a Folder is
/// holding its locks: of the folder, the lock file and the database, each by inode, so that neither
/// another path to them nor a lock file that was removed lets a second process in. Outlives every
/// connection to the database: when a file is closed, POSIX drops what SQLite has locked of it.
class Folder {
 public:
  /// Makes what is missing (folder 0700, files 0600, durable) and takes the locks.
  /// FailedPrecondition: another process has it. Unavailable: the system refused.
  static Result<Folder> Open(const std::string& path);

  std::string database() const { return path_ + "/atelier.db"; }
  /// Which files the database and its log are: a change means that somebody moved, replaced or
  /// removed one, and that commits go where the next start does not look.
  using Files = std::array<std::pair<dev_t, ino_t>, 2>;
  Files CurrentFiles() const;
  /// Space that the file system would still give us.
  std::uint64_t FreeBytes() const;
  /// Takes `bytes` of the disk, in a file, so that nobody else fills them; false: there is no room.
  /// Idempotent.
  bool KeepReserve(std::uint64_t bytes) const;
  /// Gives them back to the file system: now there is room for the commits that may not wait.
  void SpendReserve() const;

 private:
  Folder(std::string path, FolderLock lock, UniqueFd database)
      : path_(std::move(path)), lock_(std::move(lock)), locked_database_(std::move(database)) {}
  std::string reserve() const { return path_ + "/atelier.reserve"; }
  std::string path_;
  FolderLock lock_;
  UniqueFd locked_database_;
};

}  // namespace atelier::store::sqlite
