#include <algorithm>
#include <iterator>
#include <set>

#include "identity/identity_service.h"
#include "identity/service/records.h"
#include "identity/workspace_claim.h"

namespace atelier::identity {

namespace {

using store::Kind;

bool GoodEnvTypes(const std::vector<std::string>& types) {
  const std::set<std::string> distinct(types.begin(), types.end());
  if (distinct.size() != types.size()) return false;
  return distinct == std::set<std::string>{"prod"} ||
         distinct == std::set<std::string>{"dev", "prod"};
}

bool Administers(const model::Member& member) {
  return std::ranges::any_of(member.roles, [](model::WorkspaceRole role) {
    return role == model::WorkspaceRole::WorkspaceOwner ||
           role == model::WorkspaceRole::WorkspaceAdmin;
  });
}

Status CheckTexts(std::string_view display_name, std::string_view description) {
  if (display_name.size() <= 512 && description.size() <= 1024) return Ok();
  return Invalid("InvalidDescription", "The display name or the description is too long.");
}

Error InUse(std::string message) {
  return {Code::kFailedPrecondition, std::move(message), "WorkspaceInUse"};
}

}  // namespace

model::Workspace IdentityService::MakeWorkspace(std::string name, model::UserId creator) {
  model::Workspace workspace;
  do {
    workspace.id = model::WorkspaceId(Digits(8));
  } while (directory_.FindWorkspace(workspace.id) != nullptr ||
           !directory_.MembersOf(workspace.id).empty() ||  // of one that cannot be read
           directory_.RevisionOf(Kind::kWorkspaceUse, workspace.id) != 0);  // once was another's
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
  ATELIER_CO_RETURN_IF_ERROR(CheckTexts(display_name, description));
  model::Workspace workspace = MakeWorkspace(name, std::move(creator));
  workspace.display_name = std::move(display_name);
  workspace.description = std::move(description);
  workspace.env_types = std::move(env_types);
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory_.Holds(Kind::kWorkspace, RecordKey(name))) return AlreadyThere("Workspace", name);
    if (!IsPrincipal(directory_, workspace.creator))
      return NotThere("User", workspace.creator.str());
    store::Creation made{
        .transaction = {}, .id = workspace.id.str(), .target = "workspace/" + workspace.id.str()};
    AppendWorkspace(made.transaction.writes, workspace);
    return made;
  };
  ATELIER_CO_TRY(const std::string id, co_await writer_.Create(std::move(actor), plan));
  co_return Shown("Workspace", id, directory_.FindWorkspace(model::WorkspaceId(id)));
}

Task<Status> IdentityService::UpdateWorkspace(model::WorkspaceId workspace,
                                              std::optional<std::string> display_name,
                                              std::optional<std::string> description,
                                              model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(CheckTexts(display_name.value_or(""), description.value_or("")));
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Workspace* present = directory_.FindWorkspace(workspace);
    if (present == nullptr) return NoWorkspace(workspace);
    model::Workspace next = *present;
    if (display_name) next.display_name = *display_name;
    if (description) next.description = *description;
    next.modified = std::max(next.modified, clock_.Wall());
    return store::Transaction{
        .writes = {PutAsRead(directory_, Kind::kWorkspace, RecordKey(next.name), next)}};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

/// Of an empty one, with all that belongs to it.
store::Batch IdentityService::PlanDeletion(const model::Workspace& workspace) const {
  const std::string& id = workspace.id.str();
  store::Batch batch{DeleteAsRead(directory_, Kind::kWorkspace, RecordKey(workspace.name))};
  model::WorkspaceUse use;
  for (const model::Member& member : directory_.MembersOf(workspace.id)) {
    if (Administers(member)) use.former_admins.push_back(member.user);
    batch.push_back(DeleteAsRead(directory_, Kind::kMember, MemberId(member)));
  }
  AppendUnreadableMembers(directory_, workspace.id, batch);
  for (const model::UserId& user : directory_.ChosenBy(workspace.id))
    batch.push_back(DeleteAsRead(directory_, Kind::kDefaultWorkspace, user.str()));
  if (directory_.RevisionOf(Kind::kWorkspaceConfigs, id) != 0)
    batch.push_back(DeleteAsRead(directory_, Kind::kWorkspaceConfigs, id));
  // As read: whatever was put inside since then has written it again.
  batch.push_back(PutAsRead(directory_, Kind::kWorkspaceUse, id, use));
  return batch;
}

Task<Status> IdentityService::DeleteWorkspace(model::WorkspaceId workspace, Contents contents,
                                              model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Workspace* present = directory_.FindWorkspace(workspace);
    if (present == nullptr) return NoWorkspace(workspace);
    const model::Account* account = directory_.account();
    if (account != nullptr &&
        directory_.DefaultWorkspaceOf(model::UserId(account->id.str())) == workspace) {
      return InUse("The workspace " + present->name +
                   " is the default workspace of the account, which cannot be deleted. Choose "
                   "another one first: UpdateDefaultWorkspace, by the main account.");
    }
    if (const std::string inside = contents(workspace); !inside.empty()) {
      return InUse("The workspace " + present->name + " still has " + inside +
                   ". Delete what is inside, then the workspace.");
    }
    return store::Transaction{.writes = PlanDeletion(*present), .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::SetIdleRule(model::WorkspaceId workspace,
                                          std::optional<model::IdleCuller> rule,
                                          model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Workspace* found = directory_.FindWorkspace(workspace);
    if (found == nullptr) return NoWorkspace(workspace);
    model::Workspace changed = *found;
    changed.idle_rule = rule;
    changed.modified = clock_.Wall();
    return store::Transaction{
        .writes = {PutAsRead(directory_, Kind::kWorkspace, RecordKey(changed.name), changed)}};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::SetDefaultWorkspace(model::UserId user, model::WorkspaceId workspace,
                                                  model::Actor actor) {
  const model::DefaultWorkspace choice{.user = user, .workspace = workspace};
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    ATELIER_TRY(store::Batch batch, ClaimWorkspace(directory_, workspace));
    batch.push_back(PutAsRead(directory_, Kind::kDefaultWorkspace, user.str(), choice));
    return store::Transaction{.writes = std::move(batch)};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

}  // namespace atelier::identity
