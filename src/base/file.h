#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// Small files, and how what is written outlives a crash. Everything here blocks: not for the I/O
/// thread of a server that is ready.
///
/// Errors name the step and the file, not its folder: "cannot flush secret.key: Input/output
/// error". ResourceExhausted: the disk or the quota is full; Unavailable: anything else the system
/// refuses.
namespace atelier {

/// Such an error, of a step done elsewhere: "make", say.
Error FileError(std::string_view step, const std::string& path, int error_number);

/// Why the system refuses the file or folder at `path` with `error_number`, for its operator: "it
/// belongs to user 0, and the server runs as user 1000", say; else in the system's words.
std::string WhyRefused(const std::string& path, int error_number);

/// A whole file, or all that a pipe gives. nullopt: it cannot be read, or has more than `most`
/// bytes.
std::optional<std::string> ReadWholeFile(const std::string& path, std::size_t most);

/// Replaces `path` by `bytes` in one step (mode 0600). Whoever reads it, also after a crash or a
/// power cut, finds the old or the new bytes, never a part; once Ok, the new ones. Writes
/// `path`.new on the way: one writer a file.
Status WriteFileDurably(const std::string& path, std::string_view bytes);

/// The same for a file that is not there yet. AlreadyExists: it is, and stays as it was.
Status CreateFileDurably(const std::string& path, std::string_view bytes);

/// Makes what was added to `folder`, renamed or removed in it, survive a power cut.
Status SyncFolder(const std::string& folder);

}  // namespace atelier
