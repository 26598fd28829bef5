#include "runtime/process/trial_folder.h"

#include <cerrno>
#include <cstdlib>
#include <sys/statvfs.h>
#include <utility>

#include "runtime/process/files.h"
#include "runtime/process/sweep.h"

namespace atelier::runtime::process {
namespace {

// A trial takes about 30 files and 100 KiB.
constexpr fsfilcnt_t kMinInodes = 64;
constexpr fsblkcnt_t kMinBytes = 1 << 20;

bool HasRoom(const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return true;  // whoever makes something there will see
  const bool counts_inodes = disk.f_files > 0;
  return disk.f_bavail * disk.f_frsize >= kMinBytes &&
         (!counts_inodes || disk.f_favail >= kMinInodes);
}

}  // namespace

Result<TrialFolder> TrialFolder::Make(const std::string& instances) {
  const std::string usual = instances + "/.trial";
  ATELIER_RETURN_IF_ERROR(RemoveTree(usual));  // of a start that was cut short
  if (HasRoom(instances)) {
    ATELIER_RETURN_IF_ERROR(MakeFolder(usual));
    return TrialFolder(usual);
  }
  std::string in_memory = "/dev/shm/atelier-trial-XXXXXX";
  if (::mkdtemp(in_memory.data()) == nullptr) {
    return SystemError(Code::kUnavailable, "make a folder in /dev/shm", errno);
  }
  return TrialFolder(in_memory);
}

TrialFolder::TrialFolder(TrialFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TrialFolder::~TrialFolder() {
  if (!path_.empty()) (void)RemoveTree(path_);  // what stays is removed by the next start
}

}  // namespace atelier::runtime::process
