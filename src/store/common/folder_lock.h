#pragma once
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "base/raii.h"
#include "base/result.h"

namespace atelier::store {

/// A folder of the store's own, readable by its owner only, and used by one process at a time: the
/// folder and the file atelier.lock in it are locked by inode, so that neither another path to them
/// nor a lock file that was removed lets a second process in.
class FolderLock {
 public:
  /// Makes what is missing (folder 0700, file 0600, durable). FailedPrecondition: another process
  /// has it. Unavailable: the system refused.
  static Result<FolderLock> Take(const std::string& path);

  /// Which lock this is: on one boot of one machine, who holds it is the only one.
  std::pair<dev_t, ino_t> Identity() const;

 private:
  FolderLock(UniqueFd folder, UniqueFd file) : folder_(std::move(folder)), file_(std::move(file)) {}

  UniqueFd folder_;
  UniqueFd file_;
};

/// A file with mode 0600, made if it is not there. Unavailable.
Result<UniqueFd> OpenPrivateFile(const std::string& path);

Error FolderInUse();
Error FolderRefused(std::string_view step, const std::string& path, int error_number);

}  // namespace atelier::store
