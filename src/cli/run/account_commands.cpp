#include <string>

#include "cli/command/can.h"
#include "cli/command/ram.h"
#include "cli/command/spec.h"
#include "cli/command/status.h"
#include "cli/command/workspace.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

namespace {

void AddMemberOptions(Subcommand<MemberOptions>& subcommand) {
  subcommand.app()
      .add_option("workspace", subcommand.options().workspace, "Workspace name or id")
      ->required();
  subcommand.app()
      .add_option("user", subcommand.options().user, "Login name or user id")
      ->required();
}

void AddAttach(CLI::App& group, Plan& plan, const std::string& name, const std::string& help,
               bool attach) {
  Subcommand<AttachOptions> subcommand(group, name, help);
  subcommand.options().attach = attach;
  subcommand.app().add_option("policy", subcommand.options().policy, "Policy name")->required();
  subcommand.app().add_option("--user", subcommand.options().user, "Login name or user id");
  subcommand.app().add_option("--role", subcommand.options().role, "Role name");
  subcommand.Runs(plan, &AttachPolicy);
}

}  // namespace

void AddStatus(CLI::App& root, Plan& plan) {
  Subcommand<NoArguments> status(root, "status",
                                 "Show whether the server is ready, and what its host lacks");
  status.Runs(plan, [](CommandContext& s, NoArguments) { return ShowStatus(s); });
}

void AddCatalogue(CLI::App& root, Plan& plan) {
  AddVerbs(Group(root, "image", "Images that instances start from"), plan, ImageVerbs());

  CLI::App& spec = Group(root, "spec", "Machine types");
  Subcommand<OneArgument> list(spec, "list", "List machine types");
  list.app()
      .add_option("--accelerator", list.options().value, "CPU or GPU (default: both)")
      ->check(CLI::IsMember({"CPU", "GPU"}));
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](CommandContext& s, const OneArgument& o) { return ListSpecs(s, o.value); });

  AddVerbs(Group(root, "resource", "What services run on"), plan, ResourceVerbs());
  AddVerbs(Group(root, "gateway", "Where services are called"), plan, GatewayVerbs());
  AddVerbs(Group(root, "clock", "The emulator's clock"), plan, ClockVerbs());
}

void AddWorkspaces(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "workspace", "Workspaces and their members");
  Subcommand<NoArguments> list(group, "list", "List your workspaces");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](CommandContext& s, NoArguments) { return ListWorkspaces(s); });

  Subcommand<OneArgument> get(group, "get", "Show a workspace");
  get.app().add_option("id", get.options().value, "Workspace name or id")->required();
  get.Runs(plan, [](CommandContext& s, const OneArgument& o) { return GetWorkspace(s, o.value); });

  Subcommand<CreateWorkspaceOptions> create(group, "create", "Create a workspace");
  create.app()
      .add_option("name", create.options().name, "3 to 23 letters, digits or underscores")
      ->required();
  create.app().add_option("--display-name", create.options().display_name, "Name to show");
  create.app().add_option("--description", create.options().description, "At most 80 characters");
  create.app().add_flag("--with-dev", create.options().with_dev,
                        "A development environment beside production");
  create.Runs(plan, &CreateWorkspace);

  Subcommand<MemberOptions> add(group, "add-member", "Add a user to a workspace");
  AddMemberOptions(add);
  add.app()
      .add_option("--role", add.options().roles,
                  "AlgoDeveloper, AlgoOperator, WorkspaceAdmin, ...; repeatable")
      ->take_all()
      ->default_val("AlgoDeveloper");
  add.Runs(plan, &AddMember);

  Subcommand<MemberOptions> remove(group, "remove-member", "Remove a user from a workspace");
  AddMemberOptions(remove);
  remove.Runs(plan, &RemoveMember);

  const auto add_roles = [&](const char* name, const char* help, auto command) {
    Subcommand<MemberOptions> subcommand(group, name, help);
    AddMemberOptions(subcommand);
    subcommand.app()
        .add_option("role", subcommand.options().roles,
                    "AlgoDeveloper, AlgoOperator, WorkspaceAdmin, ...")
        ->required();
    subcommand.Runs(plan, command);
  };
  add_roles("add-role", "Give a member more roles", &AddMemberRoles);
  add_roles("remove-role", "Take roles from a member", &RemoveMemberRoles);

  Subcommand<OneArgument> standard(group, "default", "Show or choose your default workspace");
  standard.app().add_option("id", standard.options().value, "Workspace name or id to choose");
  standard.Runs(
      plan, [](CommandContext& s, const OneArgument& o) { return DefaultWorkspace(s, o.value); });
  Group(group, "config", "Settings of a workspace");
  Group(group, "idle", "The idle rule that new instances get");
  AddVerbs(group, plan, WorkspaceVerbs());
}

void AddUsers(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "user", "Users of the account");
  Subcommand<NoArguments> list(group, "list", "List users");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](CommandContext& s, NoArguments) { return ListUsers(s); });

  Subcommand<TwoArguments> create(group, "create", "Create a user");
  create.app().add_option("name", create.options().first, "Login name")->required();
  create.app().add_option("--display-name", create.options().second, "Name to show");
  create.Runs(plan, [](CommandContext& s, const TwoArguments& o) {
    return CreateUser(s, o.first, o.second);
  });

  Subcommand<OneArgument> remove(group, "delete", "Delete a user that has no keys");
  remove.app().add_option("name", remove.options().value, "Login name or user id")->required();
  remove.Runs(plan, [](CommandContext& s, const OneArgument& o) { return DeleteUser(s, o.value); });
  Group(group, "password", "What a user signs a browser in with");
  AddVerbs(group, plan, UserVerbs());

  Subcommand<CanOptions> can(root, "can", "Show whether you may do something, and to what");
  can.app()
      .add_option("action", can.options().action, "As policies name it: paidsw:StopInstance")
      ->required();
  can.app().add_option("resource", can.options().resources,
                       "Ids of instances or workspaces, names of services, ...");
  can.Runs(plan, &Can);

  AddVerbs(Group(root, "session", "Browsers that are signed in to the console"), plan,
           SessionVerbs());
  AddVerbs(Group(root, "role", "Roles that users assume"), plan, RoleVerbs());
}

void AddKeys(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "key", "Access keys");
  Subcommand<TwoArguments> create(group, "create", "Create an access key");
  create.app().add_option("--user", create.options().first,
                          "Login name or user id (default: your own keys)");
  create.app().add_option("--save", create.options().second,
                          "Write it to a new credentials file instead of printing its secret");
  create.Runs(plan, [](CommandContext& s, const TwoArguments& o) {
    return CreateKey(s, o.first, o.second);
  });
  AddVerbs(group, plan, KeyVerbs());
}

void AddPolicies(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "policy", "Access policies");
  Subcommand<NoArguments> list(group, "list", "List policies");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](CommandContext& s, NoArguments) { return ListPolicies(s); });

  Subcommand<OneArgument> get(group, "get", "Show a policy's document");
  get.app().add_option("name", get.options().value, "Policy name")->required();
  get.Runs(plan, [](CommandContext& s, const OneArgument& o) { return GetPolicy(s, o.value); });

  Subcommand<CreatePolicyOptions> create(group, "create", "Create a policy");
  create.app().add_option("name", create.options().name, "Policy name")->required();
  create.app()
      .add_option("--document", create.options().document, "File with the policy's JSON")
      ->required();
  create.app().add_option("--description", create.options().description, "For people");
  create.Runs(plan, &CreatePolicy);

  AddVerbs(group, plan, PolicyVerbs());
  AddAttach(group, plan, "attach", "Give a user or role what a policy allows", true);
  AddAttach(group, plan, "detach", "Take a policy from a user or role", false);
}

}  // namespace atelier::cli
