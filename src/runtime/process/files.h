#pragma once
#include <cstddef>
#include <cstdint>
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

/// openat2(2), always with O_CLOEXEC. `resolve`: RESOLVE_BENEATH and its like. Empty, with errno
/// set: it cannot be opened so.
UniqueFd OpenAt2(int at, const char* name, int flags, std::uint64_t resolve);

/// Ok: `path` is a folder (mode 0700 if it was not there) of user and group `uid`, whole or not at
/// all, whenever this is cut short; an owner that an earlier attempt left wrong is set right. Only
/// a server that is root gives anything away. It survives the host.
Status PutFolder(std::uint32_t uid, const std::string& path);

/// Room for the next ReplaceFile of `path`, which then needs neither a new file nor new space for
/// what fits in: for what must be written also when the disk is full.
Status ReserveFile(const std::string& path);

/// What the server takes out of the way for a Sweeper to delete: moved to `trash` under a name of
/// its own, which needs no space. Ok if it is absent.
Status MoveToTrash(const std::string& path, const std::string& trash);

/// The last whole lines of a log and its rotated predecessor, at most `limit` bytes. NotFound: no
/// log.
Result<std::string> TailOfLog(const std::string& log, const std::string& older, std::size_t limit);

}  // namespace atelier::runtime::process
