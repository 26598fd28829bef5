#pragma once
#include <string>
#include <vector>

#include "base/raii.h"
#include "base/result.h"
#include "runtime/process/records.h"

/// The folders and files that the operator opened to workloads, on their way into a sandbox. Their
/// paths were resolved when the life was planned; whoever may write below them on the host can put
/// a symbolic link there meanwhile. Blocking.
namespace atelier::runtime::process {

/// Opens `path`, which lies in the folder `root` or is it, without reading (O_PATH). A symbolic
/// link on the way is not followed, and nothing leads out of `root`. Empty, with errno set: not
/// there as it was resolved.
UniqueFd OpenBeneath(const std::string& root, const std::string& path);

/// All of them, in their order. FailedPrecondition: one is not there any more as it was resolved.
Result<std::vector<UniqueFd>> OpenShared(const Spec& spec);

/// Whether the sandbox whose first process is `init` shows exactly what was opened. What another
/// mount covers is not looked at.
bool ShowsShared(const Spec& spec, const std::vector<UniqueFd>& opened, int init);

}  // namespace atelier::runtime::process
