#include <algorithm>
#include <iterator>
#include <set>

#include "identity/identity_service.h"
#include "identity/service/records.h"
#include "identity/workspace_claim.h"

namespace atelier::identity {

namespace {

using model::WorkspaceRole;
using store::Kind;

constexpr std::size_t kMaxMembersOfCall = 100;

Status CheckMembers(const IdentityDirectory& directory, const model::WorkspaceId& workspace,
                    const std::vector<model::Member>& members) {
  if (directory.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
  std::set<std::string_view> users;
  for (const model::Member& member : members) {
    if (!IsPrincipal(directory, member.user)) return NotThere("User", member.user.str());
    if (member.roles.empty() || !users.insert(member.user).second) {
      return Invalid("InvalidMembers", "Each member is named once and has at least one role.");
    }
  }
  return Ok();
}

bool IsOwner(const model::Member& member) {
  return std::ranges::find(member.roles, WorkspaceRole::WorkspaceOwner) != member.roles.end();
}

Error TheOwnerStays() {
  return Invalid("OwnerRole",
                 "The owner of a workspace is who made it, and has this one role for ever.");
}

}  // namespace

Task<Status> IdentityService::PutMembers(model::WorkspaceId workspace,
                                         std::vector<model::Member> members, model::Actor actor) {
  if (members.empty() || members.size() > kMaxMembersOfCall) {
    co_return Invalid("InvalidMembers", "A call names 1 to 100 members.");
  }
  const WallTime now = clock_.Wall();
  const auto plan = [&]() -> Result<store::Transaction> {
    ATELIER_RETURN_IF_ERROR(CheckMembers(directory_, workspace, members));
    store::Transaction next;
    for (model::Member member : members) {
      const model::Member* before = directory_.FindMember(workspace, member.user);
      member.workspace = workspace;
      member.created = before != nullptr ? before->created : now;
      next.writes.push_back(PutAsRead(directory_, Kind::kMember, MemberId(member), member));
    }
    ATELIER_TRY(store::Batch claim, ClaimWorkspace(directory_, workspace));
    std::ranges::move(claim, std::back_inserter(next.writes));
    return next;
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::DeleteMembers(model::WorkspaceId workspace,
                                            std::vector<std::string> member_ids,
                                            model::Actor actor) {
  if (member_ids.empty() || member_ids.size() > kMaxMembersOfCall) {
    co_return Invalid("InvalidMemberIds", "A call names 1 to 100 members.");
  }
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    store::Transaction gone{.ends = true};
    const std::set<std::string> distinct(member_ids.begin(), member_ids.end());
    for (const std::string& id : distinct) {
      const bool ours = id.starts_with(workspace.str() + "-");
      if (!ours || directory_.RevisionOf(Kind::kMember, id) == 0) return NotThere("Member", id);
      gone.writes.push_back(DeleteAsRead(directory_, Kind::kMember, id));
    }
    return gone;
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::ChangeMember(model::WorkspaceId workspace, std::string member_id,
                                           EditMember edit, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    const std::string ours = workspace.str() + "-";
    const model::Member* member =
        member_id.starts_with(ours)
            ? directory_.FindMember(workspace, model::UserId(member_id.substr(ours.size())))
            : nullptr;
    if (member == nullptr) return NotThere("Member", member_id);
    model::Member next = *member;
    ATELIER_RETURN_IF_ERROR(edit(next));
    return store::Transaction{.writes = {PutAsRead(directory_, Kind::kMember, member_id, next)}};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::AddMemberRole(model::WorkspaceId workspace, std::string member_id,
                                            model::WorkspaceRole role, model::Actor actor) {
  const auto edit = [role](model::Member& member) -> Status {
    if (IsOwner(member) || role == WorkspaceRole::WorkspaceOwner) return TheOwnerStays();
    if (std::ranges::find(member.roles, role) == member.roles.end()) member.roles.push_back(role);
    return Ok();
  };
  return ChangeMember(std::move(workspace), std::move(member_id), edit, std::move(actor));
}

Task<Status> IdentityService::RemoveMemberRole(model::WorkspaceId workspace, std::string member_id,
                                               model::WorkspaceRole role, model::Actor actor) {
  const auto edit = [role](model::Member& member) -> Status {
    if (IsOwner(member)) return TheOwnerStays();
    if (std::erase(member.roles, role) != 0) return Ok();
    return Error(Code::kNotFound, "The member does not have this role.", "UnknownMemberRole");
  };
  return ChangeMember(std::move(workspace), std::move(member_id), edit, std::move(actor));
}

}  // namespace atelier::identity
