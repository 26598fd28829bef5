#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/raii.h"
#include "base/result.h"

/// Small blocking file helpers. Threads: any; never on the I/O thread.
namespace atelier::runtime::process {

/// An error that names the step and errno: "cannot open phase: No space left on device".
Error SystemError(Code code, std::string_view step, int error_number);

/// NotFound: no such file. ResourceExhausted: larger than `limit`. Works on /proc and cgroup files.
Result<std::string> ReadFile(const std::string& path, std::size_t limit = 1 << 20);

/// Replaces `path` in one step (mode 0600): a reader sees the old or the new bytes, never a part.
/// Not fsynced: what it describes does not survive the host either.
Status ReplaceFile(const std::string& path, std::string_view data);

/// Writes into an existing file in one write(2): how cgroups are told things.
Status WriteInto(const std::string& path, std::string_view data);

/// mkdir 0700; Ok if it is there.
Status MakeFolder(const std::string& path);

bool Exists(const std::string& path);

/// Removes a tree whatever modes its owner gave it. Never follows symbolic links. Ok if it is
/// absent.
Status RemoveTree(const std::string& path);

/// The last whole lines of a log and its rotated predecessor, at most `limit` bytes. NotFound: no
/// log.
Result<std::string> TailOfLog(const std::string& log, const std::string& older, std::size_t limit);

}  // namespace atelier::runtime::process
