#include "identity/policy.h"

#include <array>
#include <optional>

#include "identity/policy/document.h"

namespace atelier::identity {

namespace {

constexpr const char* kAccountLevel = "AccountLevelIdentityBasedPolicy";
constexpr const char* kSessionLevel = "SessionPolicy";

/// Names of the policies attached to the caller; nullptr: the user or role is gone.
const std::vector<std::string>* AttachedTo(const IdentityDirectory& directory,
                                           const Caller& caller) {
  if (caller.type == PrincipalType::kRoleSession) {
    const model::Role* role = directory.FindRole(caller.role);
    return role == nullptr ? nullptr : &role->policies;
  }
  const model::User* user = directory.FindUser(caller.user);
  return user == nullptr ? nullptr : &user->policies;
}

/// The worst of several documents of one level: a Deny in any wins, else one Allow is enough.
Verdict DecideAttached(const IdentityDirectory& directory, const std::vector<std::string>& names,
                       const PolicyQuery& query) {
  Verdict verdict = Verdict::kImplicitDeny;
  for (const std::string& name : names) {
    const PolicyDocument* document = directory.FindDocument(name);
    if (document == nullptr) continue;  // a system policy of another version: it grants nothing
    const Verdict one = document->Decide(query);
    if (one == Verdict::kExplicitDeny) return one;
    if (one == Verdict::kAllow) verdict = one;
  }
  return verdict;
}

Verdict DecideSession(const IdentityDirectory& directory, const Caller& caller,
                      const PolicyQuery& query) {
  const KeyEntry* entry = directory.FindKey(caller.access_key_id);
  if (entry != nullptr && entry->session_policy &&
      entry->key.session_policy == caller.session_policy) {
    return entry->session_policy->Decide(query);
  }
  return PolicyDocument::FromStored(caller.session_policy, PolicyKind::kIdentity).Decide(query);
}

/// contract/ram-policy.md section 3, for the levels there are here.
Decision DecideAll(const IdentityDirectory& directory, const Caller& caller,
                   const PolicyQuery& query) {
  if (caller.type == PrincipalType::kRoot) return {Verdict::kAllow, kAccountLevel};
  const std::vector<std::string>* attached = AttachedTo(directory, caller);
  const Verdict identity =
      attached == nullptr ? Verdict::kImplicitDeny : DecideAttached(directory, *attached, query);
  if (identity == Verdict::kExplicitDeny || caller.session_policy.empty()) {
    return {identity, kAccountLevel};
  }
  const Verdict session = DecideSession(directory, caller, query);
  if (session != Verdict::kAllow) return {session, kSessionLevel};
  return {identity, kAccountLevel};
}

}  // namespace

Status ValidatePolicyDocument(std::string_view document) {
  const auto parsed = PolicyDocument::Parse(document, PolicyKind::kIdentity);
  if (!parsed) return parsed.error();
  return Ok();
}

Decision Evaluate(const IdentityDirectory& directory, const Caller& caller,
                  const std::vector<std::string>& actions, std::string_view resource,
                  const ConditionKeys& keys, WallTime now) {
  const RequestContext context{.caller = caller, .keys = keys, .now = now};
  return DecideAll(directory, caller,
                   {.actions = actions, .resource = resource, .context = context});
}

Decision EvaluateAssumeRole(const IdentityDirectory& directory, const Caller& caller,
                            const model::Role& role, WallTime now) {
  static const std::vector<std::string> action = {"sts:AssumeRole"};
  if (caller.type == PrincipalType::kRoot) {
    return {Verdict::kImplicitDeny, "AssumeRolePolicy"};  // main accounts assume no roles
  }
  const ConditionKeys no_keys;
  const RequestContext context{.caller = caller, .keys = no_keys, .now = now};
  const std::string arn = "acs:ram::" + caller.account.str() + ":role/" + role.name;
  const PolicyQuery query{
      .actions = action, .resource = arn, .resource_case = Case::kInsensitive, .context = context};
  const Verdict trust =
      PolicyDocument::FromStored(role.trust_policy, PolicyKind::kTrust).Decide(query);
  if (trust != Verdict::kAllow) return {trust, "AssumeRolePolicy"};
  return DecideAll(directory, caller, query);
}

}  // namespace atelier::identity
