#include <algorithm>
#include <set>

#include "identity/identity_service.h"
#include "identity/service/records.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::size_t kMaxMembersOfCall = 100;

std::string MemberId(const model::Member& member) {
  return member.workspace.str() + "-" + member.user.str();
}

bool GoodEnvTypes(const std::vector<std::string>& types) {
  const std::set<std::string> distinct(types.begin(), types.end());
  if (distinct.size() != types.size()) return false;
  return distinct == std::set<std::string>{"prod"} ||
         distinct == std::set<std::string>{"dev", "prod"};
}

bool IsPrincipal(const IdentityDirectory& directory, const model::UserId& user) {
  if (directory.FindUser(user) != nullptr) return true;
  const model::Account* account = directory.account();
  if (account != nullptr && account->id.str() == user.str()) return true;
  const model::Role* role = directory.FindRole(user);
  return role != nullptr && role->name == user.str();
}

Error NoWorkspace(const model::WorkspaceId& id) {
  return {Code::kNotFound, "The workspace " + id.str() + " does not exist.", "UnknownWorkspace"};
}

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

}  // namespace

model::Workspace IdentityService::MakeWorkspace(std::string name, model::UserId creator) {
  model::Workspace workspace;
  do {
    workspace.id = model::WorkspaceId(Digits(8));
  } while (directory_.FindWorkspace(workspace.id) != nullptr);
  workspace.name = std::move(name);
  workspace.creator = std::move(creator);
  workspace.env_types = {"prod"};
  workspace.created = clock_.Wall();
  workspace.modified = workspace.created;
  return workspace;
}

/// The workspace, with its creator as its owner.
void IdentityService::AppendWorkspace(store::Batch& batch,
                                      const model::Workspace& workspace) const {
  const model::Member owner{.workspace = workspace.id,
                            .user = workspace.creator,
                            .roles = {model::WorkspaceRole::WorkspaceOwner},
                            .created = workspace.created};
  batch.push_back(PutAsRead(directory_, Kind::kWorkspace, RecordKey(workspace.name), workspace));
  batch.push_back(PutAsRead(directory_, Kind::kMember, MemberId(owner), owner));
}

Task<Result<model::Workspace>> IdentityService::CreateWorkspace(
    std::string name, std::string display_name, std::string description,
    std::vector<std::string> env_types, model::UserId creator, model::Actor actor) {
  if (name.size() < 3 || name.size() > 23 || !StartsWithLetter(name) || !OnlyOf(name, "_")) {
    co_return Invalid("InvalidWorkspaceName",
                      "A workspace name has 3 to 23 letters, digits or '_' and starts with a "
                      "letter.");
  }
  if (!GoodEnvTypes(env_types)) {
    co_return Invalid("InvalidEnvTypes", "EnvTypes must be prod, or dev and prod.");
  }
  if (display_name.size() > 512 || description.size() > 1024) {
    co_return Invalid("InvalidDescription", "The display name or the description is too long.");
  }
  model::Workspace workspace = MakeWorkspace(name, std::move(creator));
  workspace.display_name = std::move(display_name);
  workspace.description = std::move(description);
  workspace.env_types = std::move(env_types);
  const auto plan = [&]() -> Result<store::Batch> {
    if (directory_.FindWorkspaceByName(name) != nullptr) return AlreadyThere("Workspace", name);
    if (!IsPrincipal(directory_, workspace.creator))
      return NotThere("User", workspace.creator.str());
    store::Batch batch;
    AppendWorkspace(batch, workspace);
    return batch;
  };
  ATELIER_CO_RETURN_IF_ERROR(
      co_await Commit(plan, std::move(actor), "workspace/" + workspace.id.str()));
  co_return workspace;
}

Task<Status> IdentityService::SetDefaultWorkspace(model::UserId user, model::WorkspaceId workspace,
                                                  model::Actor actor) {
  const model::DefaultWorkspace choice{.user = user, .workspace = workspace};
  const auto plan = [&]() -> Result<store::Batch> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    return store::Batch{PutAsRead(directory_, Kind::kDefaultWorkspace, user.str(), choice)};
  };
  co_return co_await Commit(plan, std::move(actor), "workspace/" + workspace.str());
}

Task<Status> IdentityService::PutMembers(model::WorkspaceId workspace,
                                         std::vector<model::Member> members, model::Actor actor) {
  if (members.empty() || members.size() > kMaxMembersOfCall) {
    co_return Invalid("InvalidMembers", "A call names 1 to 100 members.");
  }
  const WallTime now = clock_.Wall();
  const auto plan = [&]() -> Result<store::Batch> {
    ATELIER_RETURN_IF_ERROR(CheckMembers(directory_, workspace, members));
    store::Batch batch;
    for (model::Member member : members) {
      const model::Member* before = directory_.FindMember(workspace, member.user);
      member.workspace = workspace;
      member.created = before != nullptr ? before->created : now;
      batch.push_back(PutAsRead(directory_, Kind::kMember, MemberId(member), member));
    }
    return batch;
  };
  co_return co_await Commit(plan, std::move(actor), "workspace/" + workspace.str());
}

Task<Status> IdentityService::DeleteMembers(model::WorkspaceId workspace,
                                            std::vector<std::string> member_ids,
                                            model::Actor actor) {
  if (member_ids.empty() || member_ids.size() > kMaxMembersOfCall) {
    co_return Invalid("InvalidMemberIds", "A call names 1 to 100 members.");
  }
  const auto plan = [&]() -> Result<store::Batch> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    store::Batch batch;
    const std::set<std::string> distinct(member_ids.begin(), member_ids.end());
    for (const std::string& id : distinct) {
      const bool ours = id.starts_with(workspace.str() + "-");
      if (!ours || directory_.RevisionOf(Kind::kMember, id) == 0) return NotThere("Member", id);
      batch.push_back(DeleteAsRead(directory_, Kind::kMember, id));
    }
    return batch;
  };
  co_return co_await Commit(plan, std::move(actor), "workspace/" + workspace.str());
}

}  // namespace atelier::identity
