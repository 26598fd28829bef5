#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "identity/policy.h"
#include "identity/token_signer.h"
#include "identity/workspace_gate.h"
#include "model/instance.h"

namespace atelier::identity {

/// Where a token is used from: the conditions of its issuer's policies are asked of this.
struct Origin {
  std::string source_ip;  // as http::RequestHead has it
  bool secure_transport = false;
};

/// The RAM decision on a right that a token can pass on: kRead (GetInstance) or kOpen (OpenInstance
/// or GetToken: the role table's name and the operation's, docs/contract/ram-policy.md section 4).
Decision EvaluatePassing(const IdentityDirectory& directory, const Caller& caller, Access access,
                         const model::Instance& instance, WallTime now);
/// The action's name in answers: "paidsw:GetInstance", "paidsw:OpenInstance".
const std::string& ActionOfPassing(Access access);

/// The issuer of a token as a caller of today; of a role session with the policy of that session.
/// nullopt: deleted since, or the session is over, or the key that the token was made with was
/// deleted or disabled, or the browser's session is over.
std::optional<Caller> IssuerOf(const IdentityDirectory& directory, const TokenClaims& claims,
                               const Origin& origin, WallTime now);

/// Whether a checked token passes on, today, the right to do `access` (kRead or kOpen) to this
/// instance: its use allows it, and its issuer has the right himself, in RAM and in the workspace.
bool Delegates(const IdentityDirectory& directory, const TokenClaims& claims, Access access,
               const model::Instance& instance, const Origin& origin, WallTime now);

}  // namespace atelier::identity
