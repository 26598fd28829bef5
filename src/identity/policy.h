#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "model/instance.h"

namespace atelier::identity {

enum class Verdict : std::uint8_t { kAllow, kImplicitDeny, kExplicitDeny };

/// Outcome of the RAM gate, with what docs/contract/errors.md section 5.1 shows.
struct Decision {
  Verdict verdict = Verdict::kImplicitDeny;
  std::string_view policy_type;  // for example AccountLevelIdentityBasedPolicy; of a constant
  /// A policy has conditions on ConditionKeys for this action: with other values of them, or with
  /// the values that were not given, the verdict may be another.
  bool asks_for_keys = false;
  bool allowed() const { return verdict == Verdict::kAllow; }
};

/// Condition keys of a request beyond the common ones, names as documented ("pai:Accessibility");
/// docs/contract/ram-policy.md section 2.3 lists them.
using ConditionKeys = std::map<std::string, std::string>;

/// acs:ResourceTag/<key> for each tag, pai:Accessibility (PUBLIC, PRIVATE) and pai:EntityAccessType
/// (CREATOR for the owner, else OTHERS), for an operation on this instance.
ConditionKeys InstanceKeys(const Caller& caller, const model::Instance& instance);
/// acs:RequestTag/<key> for each tag in a request.
ConditionKeys RequestTagKeys(const std::vector<model::Label>& tags);

/// Checks a policy document on upload. InvalidArgument/MalformedPolicyDocument with what is wrong.
Status ValidatePolicyDocument(std::string_view document);

/// The main account, by a key without bounds of its own: Evaluate allows it whatever it is asked.
inline bool MayDoEverything(const Caller& caller) {
  return caller.type == PrincipalType::kRoot && caller.session_policy.empty();
}

/// The RAM gate (docs/contract/ram-policy.md section 3): root passes; any matching Deny wins;
/// session policies limit, root's keys too. `actions` are the names of one operation (its own and
/// the role table's): one allowed is enough, one denied denies. `resource` is "*" for all.
Decision Evaluate(const IdentityDirectory& directory, const Caller& caller,
                  const std::vector<std::string>& actions, std::string_view resource,
                  const ConditionKeys& keys, WallTime now);

/// Whether a role's trust policy and the caller's own policies let the caller assume it.
Decision EvaluateAssumeRole(const IdentityDirectory& directory, const Caller& caller,
                            const model::Role& role, WallTime now);

/// Names of the built-in policies, and their documents.
const std::map<std::string, std::string, std::less<>>& SystemPolicies();

}  // namespace atelier::identity
