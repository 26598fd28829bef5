#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"

namespace atelier::identity {

enum class Verdict : std::uint8_t { kAllow, kImplicitDeny, kExplicitDeny };

/// Outcome of the RAM gate, with what contract/errors.md section 5.1 shows.
struct Decision {
  Verdict verdict = Verdict::kImplicitDeny;
  std::string policy_type;  // for example AccountLevelIdentityBasedPolicy
  bool allowed() const { return verdict == Verdict::kAllow; }
};

/// Condition keys of a request beyond the common ones, names as documented ("pai:Accessibility").
using ConditionKeys = std::map<std::string, std::string>;

/// Checks a policy document on upload. InvalidArgument/MalformedPolicyDocument with what is wrong.
Status ValidatePolicyDocument(std::string_view document);

/// The RAM gate (contract/ram-policy.md section 3): root always passes; any matching Deny wins;
/// session policies limit. `actions` are the names of one operation (its own and the role table's):
/// one allowed is enough, one denied denies. `resource` is "*" for "All Resources".
Decision Evaluate(const IdentityDirectory& directory, const Caller& caller,
                  const std::vector<std::string>& actions, std::string_view resource,
                  const ConditionKeys& keys, WallTime now);

/// Whether a role's trust policy and the caller's own policies let the caller assume it.
Decision EvaluateAssumeRole(const IdentityDirectory& directory, const Caller& caller,
                            const model::Role& role, WallTime now);

/// Names of the built-in policies, and their documents.
const std::map<std::string, std::string, std::less<>>& SystemPolicies();

}  // namespace atelier::identity
