#pragma once
#include "base/result.h"

namespace atelier::store {

// What every implementation answers, in the same words.
Error Conflict();   // Aborted: an expected revision did not match
Error Missing();    // NotFound
Error Stopping();   // Unavailable: after Stop
Error QueueFull();  // Unavailable: the bound on waiting calls
Error DiskFull();   // ResourceExhausted
/// Unavailable: nothing was changed; DeadlineExceeded: nobody knows yet.
Error SlowDisk(Code code);

}  // namespace atelier::store
