#include <string>

#include "cli/command/ram.h"
#include "cli/command/spec.h"
#include "cli/command/status.h"
#include "cli/command/workspace.h"
#include "cli/run/commands.h"
#include "cli/run/leaf.h"

namespace atelier::cli {

namespace {

void AddMemberOptions(Leaf<MemberOptions>& leaf) {
  leaf.app().add_option("workspace", leaf.options().workspace, "Workspace name or id")->required();
  leaf.app().add_option("user", leaf.options().user, "Login name or user id")->required();
}

void AddKeyOwner(CLI::App& app, std::string& user) {
  app.add_option("--user", user, "Login name or user id (default: your own keys)");
}

void AddAttach(CLI::App& group, Plan& plan, const std::string& name, const std::string& help,
               bool attach) {
  Leaf<AttachOptions> leaf(group, name, help);
  leaf.options().attach = attach;
  leaf.app().add_option("policy", leaf.options().policy, "Policy name")->required();
  leaf.app().add_option("--user", leaf.options().user, "Login name or user id");
  leaf.app().add_option("--role", leaf.options().role, "Role name");
  leaf.Runs(plan, &AttachPolicy);
}

}  // namespace

void AddStatus(CLI::App& root, Plan& plan) {
  Leaf<None> status(root, "status", "Show whether the server is ready, and what its host lacks");
  status.Runs(plan, [](Session& s, None) { return ShowStatus(s); });
}

void AddCatalogue(CLI::App& root, Plan& plan) {
  AddVerbs(Group(root, "image", "Images that instances start from"), plan, ImageVerbs());

  CLI::App& spec = Group(root, "spec", "Machine types");
  Leaf<One> list(spec, "list", "List machine types");
  list.app()
      .add_option("--accelerator", list.options().value, "CPU or GPU (default: both)")
      ->check(CLI::IsMember({"CPU", "GPU"}));
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](Session& s, const One& o) { return ListSpecs(s, o.value); });

  AddVerbs(Group(root, "resource", "What services run on"), plan, ResourceVerbs());
  AddVerbs(Group(root, "gateway", "Where services are called"), plan, GatewayVerbs());
  AddVerbs(Group(root, "clock", "The emulator's clock"), plan, ClockVerbs());
}

void AddWorkspaces(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "workspace", "Workspaces and their members");
  Leaf<None> list(group, "list", "List your workspaces");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](Session& s, None) { return ListWorkspaces(s); });

  Leaf<One> get(group, "get", "Show a workspace");
  get.app().add_option("id", get.options().value, "Workspace name or id")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetWorkspace(s, o.value); });

  Leaf<CreateWorkspaceOptions> create(group, "create", "Create a workspace");
  create.app()
      .add_option("name", create.options().name, "3 to 23 letters, digits or underscores")
      ->required();
  create.app().add_option("--display-name", create.options().display_name, "Name to show");
  create.app().add_option("--description", create.options().description, "At most 80 characters");
  create.app().add_flag("--with-dev", create.options().with_dev,
                        "A development environment beside production");
  create.Runs(plan, &CreateWorkspace);

  Leaf<One> members(group, "members", "List a workspace's members");
  members.app().add_option("id", members.options().value, "Workspace name or id")->required();
  AddQuiet(members.app(), plan);
  members.Runs(plan, [](Session& s, const One& o) { return ListMembers(s, o.value); });

  Leaf<MemberOptions> add(group, "add-member", "Add a user to a workspace");
  AddMemberOptions(add);
  add.app()
      .add_option("--role", add.options().roles,
                  "AlgoDeveloper, AlgoOperator, WorkspaceAdmin, ...; repeatable")
      ->take_all()
      ->default_val("AlgoDeveloper");
  add.Runs(plan, &AddMember);

  Leaf<MemberOptions> remove(group, "remove-member", "Remove a user from a workspace");
  AddMemberOptions(remove);
  remove.Runs(plan, &RemoveMember);

  const auto add_roles = [&](const char* name, const char* help, auto command) {
    Leaf<MemberOptions> leaf(group, name, help);
    AddMemberOptions(leaf);
    leaf.app()
        .add_option("role", leaf.options().roles,
                    "AlgoDeveloper, AlgoOperator, WorkspaceAdmin, ...")
        ->required();
    leaf.Runs(plan, command);
  };
  add_roles("add-role", "Give a member more roles", &AddMemberRoles);
  add_roles("remove-role", "Take roles from a member", &RemoveMemberRoles);

  Leaf<One> standard(group, "default", "Show or choose your default workspace");
  standard.app().add_option("id", standard.options().value, "Workspace name or id to choose");
  standard.Runs(plan, [](Session& s, const One& o) { return DefaultWorkspace(s, o.value); });
  Group(group, "config", "Settings of a workspace");
  Group(group, "idle", "The idle rule that new instances get");
  AddVerbs(group, plan, WorkspaceVerbs());
}

void AddUsers(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "user", "Users of the account");
  Leaf<None> list(group, "list", "List users");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](Session& s, None) { return ListUsers(s); });

  Leaf<Pair> create(group, "create", "Create a user");
  create.app().add_option("name", create.options().first, "Login name")->required();
  create.app().add_option("--display-name", create.options().second, "Name to show");
  create.Runs(plan, [](Session& s, const Pair& o) { return CreateUser(s, o.first, o.second); });

  Leaf<One> remove(group, "delete", "Delete a user that has no keys");
  remove.app().add_option("name", remove.options().value, "Login name or user id")->required();
  remove.Runs(plan, [](Session& s, const One& o) { return DeleteUser(s, o.value); });
  AddVerbs(group, plan, UserVerbs());

  AddVerbs(Group(root, "role", "Roles that users assume"), plan, RoleVerbs());
}

void AddKeys(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "key", "Access keys");
  Leaf<One> list(group, "list", "List access keys");
  AddKeyOwner(list.app(), list.options().value);
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](Session& s, const One& o) { return ListKeys(s, o.value); });

  Leaf<Pair> create(group, "create", "Create an access key");
  AddKeyOwner(create.app(), create.options().first);
  create.app().add_option("--save", create.options().second,
                          "Write it to a new credentials file instead of printing its secret");
  create.Runs(plan, [](Session& s, const Pair& o) { return CreateKey(s, o.first, o.second); });

  const auto add_change = [&](const char* name, const char* help, auto command) {
    Leaf<Pair> leaf(group, name, help);
    leaf.app().add_option("id", leaf.options().second, "Access key id")->required();
    AddKeyOwner(leaf.app(), leaf.options().first);
    leaf.Runs(plan, command);
  };
  add_change("disable", "Disable an access key: requests signed with it are refused",
             [](Session& s, const Pair& o) { return SetKeyState(s, o.first, o.second, false); });
  add_change("enable", "Enable an access key",
             [](Session& s, const Pair& o) { return SetKeyState(s, o.first, o.second, true); });
  add_change("delete", "Delete an access key",
             [](Session& s, const Pair& o) { return DeleteKey(s, o.first, o.second); });
}

void AddPolicies(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "policy", "Access policies");
  Leaf<None> list(group, "list", "List policies");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](Session& s, None) { return ListPolicies(s); });

  Leaf<One> get(group, "get", "Show a policy's document");
  get.app().add_option("name", get.options().value, "Policy name")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetPolicy(s, o.value); });

  Leaf<CreatePolicyOptions> create(group, "create", "Create a policy");
  create.app().add_option("name", create.options().name, "Policy name")->required();
  create.app()
      .add_option("--document", create.options().document, "File with the policy's JSON")
      ->required();
  create.app().add_option("--description", create.options().description, "For people");
  create.Runs(plan, &CreatePolicy);

  Leaf<One> remove(group, "delete", "Delete a policy that is attached nowhere");
  remove.app().add_option("name", remove.options().value, "Policy name")->required();
  remove.Runs(plan, [](Session& s, const One& o) { return DeletePolicy(s, o.value); });

  AddAttach(group, plan, "attach", "Give a user or role what a policy allows", true);
  AddAttach(group, plan, "detach", "Take a policy from a user or role", false);
}

}  // namespace atelier::cli
