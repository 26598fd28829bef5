#include "identity/delegation.h"

#include "base/check.h"

namespace atelier::identity {

namespace {

/// The names of what a token passes on, the one for answers first.
const std::vector<std::string>& ActionsOf(Access access) {
  static const std::vector<std::string> kRead = {"paidsw:GetInstance"};
  static const std::vector<std::string> kOpen = {"paidsw:OpenInstance", "paidsw:GetToken"};
  ATELIER_CHECK(access == Access::kRead || access == Access::kOpen, "tokens pass on nothing else");
  return access == Access::kOpen ? kOpen : kRead;
}

bool Covers(TokenUse use, Access access) {
  switch (use) {
    case TokenUse::View:
      return access == Access::kRead;
    case TokenUse::Access:
      return access == Access::kRead || access == Access::kOpen;
    case TokenUse::Cookie:
      return access == Access::kOpen;
  }
  return false;
}

}  // namespace

const std::string& ActionOfPassing(Access access) { return ActionsOf(access).front(); }

Decision EvaluatePassing(const IdentityDirectory& directory, const Caller& caller, Access access,
                         const model::Instance& instance, WallTime now) {
  return Evaluate(directory, caller, ActionsOf(access), "*", InstanceKeys(caller, instance), now);
}

std::optional<Caller> IssuerOf(const IdentityDirectory& directory, const TokenClaims& claims,
                               const Origin& origin, WallTime now) {
  std::optional<Caller> issuer = CallerOf(directory, claims.issuer);
  if (!issuer) return std::nullopt;
  issuer->source_ip = origin.source_ip;
  issuer->secure_transport = origin.secure_transport;
  if (claims.session) {
    const model::Session* session = directory.FindSession(*claims.session);
    if (session == nullptr || SessionIsOver(directory, *session, now)) return std::nullopt;
  }
  const KeyEntry* entry = directory.FindKey(claims.key.value_or(""));
  const bool good = entry != nullptr && entry->key.state == model::KeyState::Active;
  if (claims.key && !good) return std::nullopt;
  const bool by_role = issuer->type == PrincipalType::kRoleSession;
  if (!by_role && (!good || !entry->key.expires)) return issuer;
  if (!good || SessionIsOver(directory, entry->key, now)) return std::nullopt;
  if (by_role && issuer->user != UserOf(entry->key)) return std::nullopt;
  issuer->access_key_id = entry->key.id;
  issuer->session_policy = entry->key.session_policy;
  return issuer;
}

bool Delegates(const IdentityDirectory& directory, const TokenClaims& claims, Access access,
               const model::Instance& instance, const Origin& origin, WallTime now) {
  if (!Covers(claims.use, access) || claims.instance != instance.id) return false;
  const std::optional<Caller> issuer = IssuerOf(directory, claims, origin, now);
  return issuer && EvaluatePassing(directory, *issuer, access, instance, now).allowed() &&
         WorkspaceAllows(directory, *issuer, access, AccessOf(instance));
}

}  // namespace atelier::identity
