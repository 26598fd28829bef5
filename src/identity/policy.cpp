#include "identity/policy.h"

#include <array>
#include <optional>

#include "identity/policy/document.h"

namespace atelier::identity {

namespace {

constexpr std::string_view kAccountLevel = "AccountLevelIdentityBasedPolicy";
constexpr std::string_view kSessionLevel = "SessionPolicy";

/// Names of the policies attached to the caller; nullptr: the user or role is gone.
const std::vector<std::string>* AttachedTo(const IdentityDirectory& directory,
                                           const Caller& caller) {
  if (caller.type == PrincipalType::kRoleSession) {
    const model::Role* role = directory.FindRole(caller.role.str());
    return role == nullptr ? nullptr : &role->policies;
  }
  const model::User* user = directory.FindUser(caller.user);
  return user == nullptr ? nullptr : &user->policies;
}

Decision DecideOne(const PolicyDocument& document, const PolicyQuery& query,
                   std::string_view level) {
  return {.verdict = document.Decide(query),
          .policy_type = level,
          .asks_for_keys = document.AsksForKeys(query)};
}

/// The worst of several documents of one level: a Deny in any wins, else one Allow is enough.
Decision DecideAttached(const IdentityDirectory& directory, const std::vector<std::string>& names,
                        const PolicyQuery& query) {
  Decision all{.policy_type = kAccountLevel};
  for (const std::string& name : names) {
    const PolicyDocument* document = directory.FindDocument(name);
    // It cannot be read, or another version knows it: whatever it denies must stay denied.
    if (document == nullptr)
      return {.verdict = Verdict::kExplicitDeny, .policy_type = kAccountLevel};
    const Verdict one = document->Decide(query);
    const bool asks_for_keys = document->AsksForKeys(query);
    // A Deny that no key can lift is final, whatever the other documents ask for.
    if (one == Verdict::kExplicitDeny && !asks_for_keys)
      return {.verdict = one, .policy_type = kAccountLevel};
    all.asks_for_keys = all.asks_for_keys || asks_for_keys;
    if (all.verdict != Verdict::kExplicitDeny && one != Verdict::kImplicitDeny) all.verdict = one;
  }
  return all;
}

Decision DecideSession(const IdentityDirectory& directory, const Caller& caller,
                       const PolicyQuery& query) {
  const KeyEntry* entry = directory.FindKey(caller.access_key_id);
  if (entry != nullptr && entry->session_policy &&
      entry->key.session_policy == caller.session_policy) {
    return DecideOne(*entry->session_policy, query, kSessionLevel);
  }
  return DecideOne(PolicyDocument::FromStored(caller.session_policy, PolicyKind::kIdentity), query,
                   kSessionLevel);
}

/// docs/contract/ram-policy.md section 3, for the levels there are here.
Decision DecideAll(const IdentityDirectory& directory, const Caller& caller,
                   const PolicyQuery& query) {
  if (MayDoEverything(caller)) return {.verdict = Verdict::kAllow, .policy_type = kAccountLevel};
  if (caller.type == PrincipalType::kRoot) return DecideSession(directory, caller, query);
  const std::vector<std::string>* attached = AttachedTo(directory, caller);
  Decision identity;
  identity.policy_type = kAccountLevel;
  if (attached != nullptr) identity = DecideAttached(directory, *attached, query);
  if (identity.verdict == Verdict::kExplicitDeny || caller.session_policy.empty()) return identity;
  Decision session = DecideSession(directory, caller, query);
  const bool asks_for_keys = identity.asks_for_keys || session.asks_for_keys;
  Decision& decides = session.allowed() ? identity : session;
  decides.asks_for_keys = asks_for_keys;
  return decides;
}

}  // namespace

Status ValidatePolicyDocument(std::string_view document) {
  const auto parsed = PolicyDocument::Parse(document, PolicyKind::kIdentity);
  if (!parsed) return parsed.error();
  return Ok();
}

ConditionKeys InstanceKeys(const Caller& caller, const model::Instance& instance) {
  ConditionKeys keys = {
      {"pai:Accessibility", std::string(EnumName(instance.accessibility))},
      {"pai:EntityAccessType", instance.owner == caller.user ? "CREATOR" : "OTHERS"}};
  for (const model::Label& tag : instance.tags) keys["acs:ResourceTag/" + tag.key] = tag.value;
  return keys;
}

ConditionKeys RequestTagKeys(const std::vector<model::Label>& tags) {
  ConditionKeys keys;
  for (const model::Label& tag : tags) keys["acs:RequestTag/" + tag.key] = tag.value;
  return keys;
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
  static const std::vector<std::string> kAction = {"sts:AssumeRole"};
  if (caller.type == PrincipalType::kRoot) {
    // Main accounts assume no roles.
    return {.verdict = Verdict::kImplicitDeny, .policy_type = "AssumeRolePolicy"};
  }
  const ConditionKeys no_keys;
  const RequestContext context{.caller = caller, .keys = no_keys, .now = now};
  const std::string arn = "acs:ram::" + caller.account.str() + ":role/" + role.name;
  const PolicyQuery query{
      .actions = kAction, .resource = arn, .resource_case = Case::kInsensitive, .context = context};
  const Verdict trust =
      PolicyDocument::FromStored(role.trust_policy, PolicyKind::kTrust).Decide(query);
  if (trust != Verdict::kAllow) return {.verdict = trust, .policy_type = "AssumeRolePolicy"};
  return DecideAll(directory, caller, query);
}

}  // namespace atelier::identity
