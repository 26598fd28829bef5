// AIWorkSpace: workspaces and each caller's default one (docs/contract/lifecycle.md section 13).
#include <algorithm>
#include <array>
#include <utility>

#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/contents.h"
#include "api/workspace/workspace_common.h"
#include "base/text.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::size_t kMaxDescription = 80;  // characters

constexpr Param kVerbose = {.name = "Verbose",
                            .type = Param::Type::kBoolean,
                            .standard = 0,
                            .doc = "Show details as well."};

constexpr std::array kListParams = {
    kPageNumber,
    kPageSize,
    Param{.name = "SortBy",
          .type = Param::Type::kEnum,
          .values = "GmtCreateTime,GmtModifiedTime",
          .doc = "Default GmtCreateTime."},
    Param{.name = "Order", .type = Param::Type::kEnum, .values = "ASC,DESC", .doc = "Default ASC."},
    Param{.name = "WorkspaceName", .doc = "Exact."},
    Param{.name = "WorkspaceIds", .type = Param::Type::kList, .doc = "Any of these ids."},
    Param{.name = "Status",
          .type = Param::Type::kEnum,
          .values = "ENABLED,INITIALIZING,FAILURE,DISABLED,FROZEN,UPDATING",
          .doc = "Exact."},
    Param{.name = "UserId", .doc = "Workspaces this user is a member of."},
    Param{.name = "ResourceGroupId",
          .doc = "Exact; no workspace of this server is in a resource group."},
    Param{.name = "ModuleList", .doc = "Accepted; there is one module, PAI."},
    Param{.name = "Option",
          .type = Param::Type::kEnum,
          .values = "GetWorkspaces,GetResourceLimits",
          .doc = "Default GetWorkspaces."},
    Param{.name = "Fields", .type = Param::Type::kList, .doc = "Id: ids only."},
    kVerbose,
};
constexpr std::array kGetParams = {kWorkspaceId, kVerbose};
constexpr std::array kOneParams = {kWorkspaceId};
constexpr std::array kDefaultParams = {kVerbose};

// Answers
// ---------------------------------------------------------------------------------------------

/// Every workspace of ours is ready as soon as it exists.
constexpr std::string_view kEnabled = "ENABLED";

std::vector<std::string> AdminNames(const Context& context, const model::WorkspaceId& id) {
  const identity::IdentityDirectory& identities = context.services.identities;
  std::vector<std::string> names;
  for (const model::Member& member : identities.MembersOf(id)) {
    const bool administers = std::ranges::any_of(member.roles, [](model::WorkspaceRole role) {
      return role == model::WorkspaceRole::WorkspaceOwner ||
             role == model::WorkspaceRole::WorkspaceAdmin;
    });
    if (administers) names.push_back(identities.NameOf(member.user));
  }
  return names;
}

std::optional<model::WorkspaceId> DefaultOf(const Context& context) {
  return context.services.identities.DefaultWorkspaceOf(identity::MemberUserOf(context.caller));
}

wire::DefaultWorkspaceOwner DefaultOwnerOf(const wire::WorkspaceOwner& owner) {
  return {.UserId = owner.UserId, .UserKp = owner.UserKp, .UserName = owner.UserName};
}

wire::WorkspaceOwner OwnerOf(const Context& context, const model::Workspace& workspace) {
  const identity::IdentityDirectory& identities = context.services.identities;
  const std::string name = identities.NameOf(workspace.creator);
  const model::User* user = identities.FindUser(workspace.creator);
  return {.UserId = workspace.creator.str(),
          .UserKp = workspace.creator.str(),
          .UserName = user != nullptr ? user->name : name,
          .DisplayName = name};
}

wire::WorkspaceCore CoreOf(const model::Workspace& workspace) {
  return {.WorkspaceId = workspace.id.str(),
          .WorkspaceName = workspace.name,
          .DisplayName = workspace.display_name,
          .Description = workspace.description,
          .Creator = workspace.creator.str(),
          .Status = std::string(kEnabled),
          .EnvTypes = workspace.env_types};
}

wire::WorkspaceFields FieldsOf(const Context& context, const model::Workspace& workspace) {
  return {CoreOf(workspace),
          AdminNames(context, workspace.id),
          DefaultOf(context) == workspace.id,
          FormatMillis(workspace.created),
          FormatMillis(workspace.modified),
          {}};
}

// ListWorkspaces
// --------------------------------------------------------------------------------------

constexpr auto kFilters = std::to_array<Filter<kListParams, model::Workspace>>({
    {"WorkspaceIds", IsOneOf<&model::Workspace::id>},
    {"WorkspaceName", Is<&model::Workspace::name>},
    {"Status", AllAre<kEnabled>},
    {"ResourceGroupId", None},
});
constexpr auto kSorts = std::to_array<SortRow<model::Workspace>>({
    {"GmtCreateTime", ByTime<&model::Workspace::created, &model::Workspace::id>},
    {"GmtModifiedTime", ByTime<&model::Workspace::modified, &model::Workspace::id>},
});

Answered<wire::ListWorkspacesAnswer> ListWorkspaces(Context& context, Args<kListParams> args) {
  const identity::IdentityDirectory& identities = context.services.identities;
  wire::ListWorkspacesAnswer answer{.Workspaces = {}, .TotalCount = 0, .ResourceLimits = {}};
  // Nothing here is sold by quota, so there is no limit to report.
  if (args.Text("Option") == "GetResourceLimits") co_return Answer(context, answer);
  List list(identities.Workspaces());
  list.Keep(args, kFilters).KeepIf([&](const model::Workspace& workspace) {
    const model::UserId user(args.Text("UserId"));
    return identity::IsMember(identities, context.caller, workspace.id) &&
           (user.empty() || identities.FindMember(workspace.id, user) != nullptr);
  });
  list.Sort(kSorts, args.Text("SortBy"), args.Text("Order") != "DESC");
  if (args.List("Fields") == std::vector<std::string>{"Id"}) {
    wire::ListWorkspaceIdsAnswer ids;
    list.Fill(ids, ids.Workspaces, PagingOf(args), [](const model::Workspace& workspace) {
      return wire::WorkspaceIdOnly{.WorkspaceId = workspace.id.str()};
    });
    co_return Encoded<wire::ListWorkspacesAnswer>{Answer(context, ids).text};
  }
  list.Fill(answer, answer.Workspaces, PagingOf(args), [&](const model::Workspace& workspace) {
    return wire::WorkspaceItem{FieldsOf(context, workspace), ""};
  });
  co_return Answer(context, answer);
}

// One workspace
// ---------------------------------------------------------------------------------------

Answered<wire::GetWorkspaceAnswer> GetWorkspace(Context& context, Args<kGetParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_TRY(const model::Workspace workspace, FindWorkspaceFor(context, id));
  std::optional<wire::WorkspaceOwner> owner;
  if (args.Boolean("Verbose")) owner = OwnerOf(context, workspace);
  co_return Answer(context,
                   wire::GetWorkspaceAnswer{FieldsOf(context, workspace), "", std::move(owner)});
}

Status CheckDescription(std::string_view description) {
  if (CountCharacters(description) <= kMaxDescription) return Ok();
  return Invalid("Description must have at most 80 characters.");
}

/// What the service does not check: it knows the rules of names and environments.
Status CheckCreateWorkspace(const wire::CreateWorkspaceRequest& request) {
  ATELIER_RETURN_IF_ERROR(CheckDescription(request.Description));
  Problems problems;
  if (!request.ResourceGroupId.value_or("").empty()) {
    problems.Add("ResourceGroupId", "is not supported by this server yet: resource groups");
  }
  if (!problems.empty()) return Invalid(problems);
  return Ok();
}

Answered<wire::WorkspaceIdOnly> CreateWorkspace(Context& context) {
  ATELIER_CO_TRY(auto request, FromJson<wire::CreateWorkspaceRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(CheckCreateWorkspace(request));
  std::string display_name = request.DisplayName.value_or("");
  if (display_name.empty()) display_name = request.WorkspaceName;
  ATELIER_CO_TRY(
      const model::Workspace made,
      co_await context.services.identity.CreateWorkspace(
          std::move(request.WorkspaceName), std::move(display_name), std::move(request.Description),
          std::move(request.EnvTypes), identity::MemberUserOf(context.caller), context.actor()));
  co_return Answer(context, wire::WorkspaceIdOnly{.WorkspaceId = made.id.str()});
}

Answered<NoFields> UpdateWorkspace(Context& context, Args<kOneParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  ATELIER_CO_TRY(auto request, FromJson<wire::UpdateWorkspaceRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(CheckDescription(request.Description.value_or("")));
  co_return Done(context, co_await context.services.identity.UpdateWorkspace(
                              id, std::move(request.DisplayName), std::move(request.Description),
                              context.actor()));
}

Answered<NoFields> DeleteWorkspace(Context& context, Args<kOneParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const auto contents = [&services = context.services](const model::WorkspaceId& workspace) {
    return ContentsOf(services, workspace);
  };
  co_return Done(context,
                 co_await context.services.identity.DeleteWorkspace(id, contents, context.actor()));
}

// The default workspace
// -------------------------------------------------------------------------------

Answered<wire::GetDefaultWorkspaceAnswer> GetDefaultWorkspace(Context& context,
                                                              Args<kDefaultParams> args) {
  const std::optional<model::WorkspaceId> id = DefaultOf(context);
  const model::Workspace* workspace = id ? context.services.identities.FindWorkspace(*id) : nullptr;
  if (workspace == nullptr) {
    co_return Error(Code::kNotFound, "You have no default workspace.", "UnknownWorkspace");
  }
  std::optional<std::vector<wire::WorkspaceCondition>> conditions;
  if (args.Boolean("Verbose")) {
    conditions = {{.Type = std::string(kEnabled), .Code = 200, .Message = ""}};
  }
  co_return Answer(
      context, wire::GetDefaultWorkspaceAnswer{CoreOf(*workspace), FormatMillis(workspace->created),
                                               FormatMillis(workspace->modified),
                                               DefaultOwnerOf(OwnerOf(context, *workspace)),
                                               std::move(conditions)});
}

Answered<NoFields> UpdateDefaultWorkspace(Context& context) {
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateDefaultWorkspaceRequest>(context.body));
  const model::WorkspaceId id(request.WorkspaceId);
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  co_return Done(context, co_await context.services.identity.SetDefaultWorkspace(
                              identity::MemberUserOf(context.caller), id, context.actor()));
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr auto kOperations = std::to_array<Operation>({
    Row<ListWorkspaces>(kWorkspaceApi, "ListWorkspaces", "GET", "/api/v1/workspaces",
                        "Lists the workspaces the caller is a member of."),
    Row<GetWorkspace>(kWorkspaceApi, "GetWorkspace", "GET", "/api/v1/workspaces/{WorkspaceId}",
                      "Shows a workspace.")
        .Passes(&PassWorkspace, identity::Access::kList),
    Row<CreateWorkspace>(kWorkspaceApi, "CreateWorkspace", "POST", "/api/v1/workspaces",
                         "Makes a workspace that the caller owns.",
                         BodySchema<wire::CreateWorkspaceRequest>),
    Row<UpdateWorkspace>(kWorkspaceApi, "UpdateWorkspace", "PUT",
                         "/api/v1/workspaces/{WorkspaceId}",
                         "Changes the display name or the description of a workspace.",
                         BodySchema<wire::UpdateWorkspaceRequest>)
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<DeleteWorkspace>(kWorkspaceApi, "DeleteWorkspace", "DELETE",
                         "/api/v1/workspaces/{WorkspaceId}",
                         "Deletes an empty workspace, with its members and configurations.")
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<GetDefaultWorkspace>(kWorkspaceApi, "GetDefaultWorkspace", "GET",
                             "/api/v1/defaultWorkspaces",
                             "Shows the workspace that requests without a WorkspaceId mean."),
    Row<UpdateDefaultWorkspace>(
        kWorkspaceApi, "UpdateDefaultWorkspace", "PUT", "/api/v1/defaultWorkspaces",
        "Chooses the caller's default workspace.", BodySchema<wire::UpdateDefaultWorkspaceRequest>)
        .Passes(&PassWorkspace, identity::Access::kList),
});

}  // namespace

std::span<const Operation> WorkspaceOperations() { return kOperations; }

}  // namespace atelier::api
