#pragma once
#include "api/operation.h"

namespace atelier::api {

/// Whether a browser of the main account may do `operation` so long after its sign-in: what makes a
/// way in that lasts (users, keys, policies, passwords, links) asks for one of the last 15 minutes.
/// Nobody else may do all of it, so who finds that browser open must not make themselves one.
/// PermissionDenied, ReauthenticationRequired: not without a new sign-in.
Status CheckSignedInLately(const Services& services, const Operation& operation,
                           const identity::Caller& caller);

}  // namespace atelier::api
