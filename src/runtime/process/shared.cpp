#include "runtime/process/shared.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <string_view>
#include <sys/stat.h>

#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

bool SameFile(int a, int b) {
  struct stat first{};
  struct stat second{};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/// Whether what is mounted later hides this one.
bool IsCovered(const std::vector<SharedPath>& shared, std::size_t number) {
  const std::string_view inside = shared[number].inside;
  return std::any_of(shared.begin() + static_cast<std::ptrdiff_t>(number) + 1, shared.end(),
                     [&](const SharedPath& later) {
                       return inside == later.inside || inside.starts_with(later.inside + "/");
                     });
}

}  // namespace

UniqueFd OpenBeneath(const std::string& root, const std::string& path) {
  // Without a root: planned by a server that wrote none down.
  const std::string top = root.empty() ? "/" : root;
  const UniqueFd folder(::open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return {};
  const auto relative = std::filesystem::path(path).lexically_relative(top);
  // Not with O_NOFOLLOW: then the link itself would be opened, if it comes last.
  return OpenAt2(folder.get(), relative.c_str(), O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

Result<std::vector<UniqueFd>> OpenShared(const Spec& spec) {
  std::vector<UniqueFd> opened;
  for (const SharedPath& shared : spec.shared) {
    opened.push_back(OpenBeneath(shared.root, shared.from));
    if (!opened.back()) {
      return SystemError(Code::kFailedPrecondition, "show the folder " + shared.from, errno);
    }
  }
  return opened;
}

bool ShowsShared(const Spec& spec, const std::vector<UniqueFd>& opened, int init) {
  if (opened.empty()) return true;
  const std::string root = "/proc/" + std::to_string(init) + "/root";
  const UniqueFd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (IsCovered(spec.shared, i)) continue;
    // What lies in the home is the workload's to arrange: no link of its leads out of the sandbox.
    const UniqueFd shown =
        OpenAt2(folder.get(), spec.shared[i].inside.c_str(), O_PATH, RESOLVE_IN_ROOT);
    if (!shown || !SameFile(shown.get(), opened[i].get())) return false;
  }
  return true;
}

}  // namespace atelier::runtime::process
