#pragma once
#include "base/raii.h"
#include "base/result.h"
#include "runtime/process/paths.h"

/// How the socket that listens in a workload's network, and leads to the server, gets from the
/// shim, who holds it for the whole life, to whichever server there is (decision 0011). Blocking.
namespace atelier::runtime::process {

/// Hands `fd` over to the process at the other end of the unix socket `to`.
bool SendDescriptor(int to, int fd);
/// The descriptor that comes over the unix socket `from`; empty: none comes within `most_ms`.
UniqueFd ReceiveDescriptor(int from, int most_ms);

/// The shim's end: a unix socket `server` in the open folder of its life, that nobody waits on.
UniqueFd OpenServerDoor(int folder);
/// Gives everybody who waits at `door` a descriptor of `listening`.
void AnswerServerDoor(int door, int listening);

/// The server's end. Unavailable: the shim does not answer, or is of an earlier version.
Result<UniqueFd> FetchServerSocket(const RunPaths& run);

}  // namespace atelier::runtime::process
