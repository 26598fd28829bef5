// Users whom an OpenID provider names, and what its groups give them (docs/decisions/0052).
#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "identity/identity_service.h"
#include "identity/service/records.h"
#include "identity/workspace_claim.h"

namespace atelier::identity {

namespace {

using model::WorkspaceRole;
using store::Kind;

Error NotLetIn(std::string why) { return {Code::kUnauthenticated, std::move(why), "SignInFailed"}; }

/// As much of it as a user may have, in whole characters.
std::string Shortened(std::string text) {
  if (text.size() <= kMaxDisplayName) return text;
  std::size_t end = kMaxDisplayName;
  while (end > 0 && ContinuesCharacter(text[end])) --end;
  text.resize(end);
  return text;
}

}  // namespace

Result<const model::User*> IdentityService::FindProvided(const ProvidedUser& who) const {
  if (const model::User* bound = directory_.FindUserBySubject(who.subject)) return bound;
  if (!IsUserName(who.name)) return NotLetIn("the provider's name for the user is no user name.");
  const model::User* found = directory_.FindUserByName(who.name);
  if (found == nullptr && directory_.Holds(Kind::kUser, RecordKey(who.name)))
    return NotLetIn("the user of this name cannot be read.");
  if (found != nullptr && found->subject && found->subject->issuer == who.subject.issuer)
    return NotLetIn("the user of this name is another subject of the provider.");
  return found;
}

void IdentityService::PlanPolicies(const Grants& grants, model::User& user, Admitted& admitted,
                                   store::Transaction& next) const {
  for (const auto& [policy, given] : grants.policies) {
    const auto found = std::ranges::find(user.policies, policy, &RecordKey);
    if (!given && found != user.policies.end()) user.policies.erase(found);
    if (!given || found != user.policies.end()) continue;
    const auto name = PolicyName(policy);
    if (!name || !CheckRoom(user.policies, *name)) {
      admitted.not_given.push_back("policy " + policy);
      continue;
    }
    user.policies.push_back(*name);
    // One that is being deleted cannot be attached in the same moment.
    if (const model::Policy* custom = directory_.FindPolicy(policy))
      next.writes.push_back(PutAsRead(directory_, Kind::kPolicy, policy, *custom));
  }
}

/// Into or out of one workspace; its owner stays as they are.
Status IdentityService::PlanMember(const std::string& workspace_name,
                                   const std::vector<WorkspaceRole>& roles, Admitted& admitted,
                                   store::Transaction& next) const {
  const model::Workspace* workspace = directory_.FindWorkspaceByName(workspace_name);
  if (workspace == nullptr) {
    if (!roles.empty()) admitted.not_given.push_back("workspace " + workspace_name);
    return Ok();
  }
  const model::Member* before = directory_.FindMember(workspace->id, admitted.user);
  const model::Member member{.workspace = workspace->id,
                             .user = admitted.user,
                             .roles = roles,
                             .created = before != nullptr ? before->created : clock_.Wall()};
  if (before != nullptr) {
    const bool owns =
        std::ranges::find(before->roles, WorkspaceRole::WorkspaceOwner) != before->roles.end();
    if (owns || before->roles == roles) return Ok();
  }
  if (roles.empty()) {
    if (before != nullptr)
      next.writes.push_back(DeleteAsRead(directory_, Kind::kMember, MemberId(member)));
    return Ok();
  }
  next.writes.push_back(PutAsRead(directory_, Kind::kMember, MemberId(member), member));
  ATELIER_TRY(store::Batch claim, ClaimWorkspace(directory_, workspace->id));
  std::ranges::move(claim, std::back_inserter(next.writes));
  return Ok();
}

Task<Result<IdentityService::Admitted>> IdentityService::AdmitSubject(ProvidedUser who, bool make,
                                                                      model::Actor actor) {
  Admitted admitted;
  model::User made{.id = model::UserId(Digits(18)),
                   .name = who.name,
                   .display_name = Shortened(who.display_name),
                   .created = clock_.Wall(),
                   .policies = {}};
  const auto plan = [&]() -> Result<store::Transaction> {
    ATELIER_TRY(const model::User* found, FindProvided(who));
    if (found == nullptr && !make) return NotLetIn("there is no user of this name.");
    while (found == nullptr && directory_.FindUser(made.id) != nullptr)
      made.id = model::UserId(Digits(18));
    model::User user = found != nullptr ? *found : made;
    user.subject = who.subject;
    admitted = {.user = user.id, .not_given = {}};
    store::Transaction next;
    PlanPolicies(who.grants, user, admitted, next);
    for (const auto& [workspace, roles] : who.grants.workspaces)
      ATELIER_RETURN_IF_ERROR(PlanMember(workspace, roles, admitted, next));
    const bool same = found != nullptr && found->subject == user.subject &&
                      found->policies == user.policies && next.writes.empty();
    // With their memberships goes the user: who is being deleted gets none.
    if (!same)
      next.writes.push_back(PutAsRead(directory_, Kind::kUser, RecordKey(user.name), user));
    return next;
  };
  const model::User* known = directory_.FindUserBySubject(who.subject);
  const std::string target = "user/" + (known != nullptr ? known->name : who.name);
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Commit(std::move(actor), {target}, plan));
  co_return admitted;
}

}  // namespace atelier::identity
