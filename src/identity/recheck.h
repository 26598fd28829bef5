#pragma once
#include "base/clock.h"
#include "base/result.h"
#include "identity/caller.h"

namespace atelier::identity {

class IdentityDirectory;

/// Who sent a request whose signature was verified, as they are at `now`: for an answer that takes
/// its time. Unauthenticated, with the reasons of Authenticator: their key is disabled, over or
/// gone, or they are.
Result<CallerPtr> Recheck(const IdentityDirectory& directory, const Caller& caller, WallTime now);

}  // namespace atelier::identity
