#pragma once
#include <cstdint>
#include <string>

#include "base/raii.h"
#include "base/result.h"

namespace atelier::store::sqlite {

/// The data folder: readable by its owner only, used by one process at a time. Holding a Folder is
/// holding its lock.
class Folder {
 public:
  /// Makes what is missing (folder 0700, files 0600, durable) and takes the lock.
  /// FailedPrecondition: another process has it. Unavailable: the system refused.
  static Result<Folder> Open(const std::string& path);

  std::string database() const { return path_ + "/atelier.db"; }
  /// Space that the file system would still give us.
  std::uint64_t FreeBytes() const;
  /// Takes `bytes` of the disk, in a file, so that nobody else fills them; false: there is no room.
  /// Idempotent.
  bool KeepReserve(std::uint64_t bytes) const;
  /// Gives them back to the file system: now there is room for the commits that may not wait.
  void SpendReserve() const;

 private:
  Folder(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string reserve() const { return path_ + "/atelier.reserve"; }
  std::string path_;
  UniqueFd lock_;
};

}  // namespace atelier::store::sqlite
