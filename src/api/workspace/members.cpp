// AIWorkSpace: who belongs to a workspace, and as what (docs/contract/lifecycle.md sections 9 and
// 13).
#include <algorithm>
#include <array>
#include <set>

#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::size_t kMaxMembersOfRequest = 100;
constexpr std::string_view kRolePrefix = "PAI.";
constexpr std::string_view kRoleNames =
    "PAI.WorkspaceOwner,PAI.WorkspaceAdmin,PAI.AlgoDeveloper,PAI.AlgoOperator,PAI.LabelManager,"
    "PAI.MaxComputeDeveloper,PAI.WorkspaceGuest";

constexpr std::array kListParams = {
    kWorkspaceId,
    kPageNumber,
    kPageSize,
    Param{.name = "MemberName", .doc = "Part of the login or display name, in any case."},
    Param{.name = "UserId", .doc = "Exact."},
    Param{.name = "Roles",
          .type = Param::Type::kEnumList,
          .values = kRoleNames,
          .doc = "Has any of these roles."},
};
constexpr std::array kCreateParams = {kWorkspaceId};
constexpr std::array kDeleteParams = {
    kWorkspaceId,
    Param{.name = "MemberIds",
          .type = Param::Type::kList,
          .required = true,
          .doc = "Member ids, separated by commas; all or none are removed."},
};

constexpr std::array kGetParams = {
    kWorkspaceId,
    Param{.name = "MemberId", .doc = "Member id; this or UserId."},
    Param{.name = "UserId", .doc = "User id; this or MemberId."},
};
constexpr std::array kRoleParams = {
    kWorkspaceId,
    Param{.name = "MemberId", .in_path = true, .required = true, .doc = "Member id."},
    Param{.name = "RoleName",
          .type = Param::Type::kEnum,
          .in_path = true,
          .required = true,
          .values = kRoleNames,
          .doc = "Role; PAI.WorkspaceOwner can be neither given nor taken."},
};

std::string RoleName(model::WorkspaceRole role) {
  return std::string(kRolePrefix) + std::string(EnumName(role));
}

std::optional<model::WorkspaceRole> ParseRole(std::string_view name) {
  if (!name.starts_with(kRolePrefix)) return std::nullopt;
  return ParseEnum<model::WorkspaceRole>(name.substr(kRolePrefix.size()));
}

std::vector<std::string> RoleNames(const model::Member& member) {
  std::vector<std::string> names;
  names.reserve(member.roles.size());
  for (const model::WorkspaceRole role : member.roles) names.push_back(RoleName(role));
  return names;
}

std::string MemberIdOf(const model::Member& member) {
  return member.workspace.str() + "-" + member.user.str();
}

/// A user, the main account, or a RAM role by its name (its sessions are members together).
bool IdentityExists(const identity::IdentityDirectory& identities, const model::UserId& id) {
  return identities.FindUser(id) != nullptr || identities.FindRole(id) != nullptr ||
         (identities.account() != nullptr && identities.account()->id.str() == id.str());
}

wire::MemberItem ItemOf(const identity::IdentityDirectory& identities,
                        const model::Member& member) {
  const model::User* user = identities.FindUser(member.user);
  const bool is_role = user == nullptr && identities.FindRole(member.user) != nullptr;
  const std::string shown = identities.NameOf(member.user);
  const std::string login = user != nullptr ? user->name : shown;
  return {{.MemberId = MemberIdOf(member),
           .UserId = member.user.str(),
           .MemberName = login,
           .AccountType = user != nullptr ? "5"
                          : is_role       ? "6"
                                          : "1",
           .DisplayName = shown,
           .Roles = RoleNames(member),
           .GmtCreateTime = FormatMillis(member.created)},
          login};
}

bool HasName(const wire::MemberItem& item, const ArgValues::Value& asked) {
  return Part<&wire::MemberItem::MemberName>(item, asked) ||
         Part<&wire::MemberItem::DisplayName>(item, asked);
}
bool HasRole(const wire::MemberItem& item, const ArgValues::Value& asked) {
  return std::ranges::find_first_of(item.Roles, asked.list) != item.Roles.end();
}

constexpr auto kFilters = std::to_array<Filter<kListParams, wire::MemberItem>>({
    {"UserId", Is<&wire::MemberItem::UserId>},
    {"MemberName", HasName},
    {"Roles", HasRole},
});

Answered<wire::ListMembersAnswer> ListMembers(Context& context, Args<kListParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const identity::IdentityDirectory& identities = context.services.identities;
  std::vector<wire::MemberItem> all;
  for (const model::Member& member : identities.MembersOf(id))
    all.push_back(ItemOf(identities, member));
  List list(std::move(all));
  wire::ListMembersAnswer answer;
  list.Keep(args, kFilters)
      .Fill(answer, answer.Members, PagingOf(args),
            [](wire::MemberItem& item) { return std::move(item); });
  co_return Answer(context, answer);
}

bool IsOwner(const model::Member* member) {
  return member != nullptr &&
         std::ranges::find(member->roles, model::WorkspaceRole::WorkspaceOwner) !=
             member->roles.end();
}

/// The members that the body asks for; each user once, each role known.
Result<std::vector<model::Member>> MembersOf(const Context& context,
                                             const model::WorkspaceId& workspace) {
  ATELIER_TRY(const auto request, FromJson<wire::CreateMemberRequest>(context.body));
  if (request.Members.empty() || request.Members.size() > kMaxMembersOfRequest) {
    return Invalid("Members must have 1 to 100 members.");
  }
  Problems problems;
  std::set<std::string_view> users;
  std::vector<model::Member> members;
  for (std::size_t i = 0; i < request.Members.size(); ++i) {
    const wire::MemberInput& input = request.Members[i];
    const std::string at = "Members[" + std::to_string(i) + "]";
    model::Member member{.workspace = workspace,
                         .user = model::UserId(input.UserId),
                         .roles = {},
                         .created = context.services.clock.Wall()};
    if (!IdentityExists(context.services.identities, member.user))
      problems.Add(at + ".UserId", "names no user");
    if (IsOwner(context.services.identities.FindMember(workspace, member.user))) {
      problems.Add(at + ".UserId", "is the workspace's owner, whose role cannot be changed");
    }
    if (!users.insert(input.UserId).second) problems.Add(at + ".UserId", "repeats an earlier one");
    if (input.Roles.empty()) problems.Add(at + ".Roles", "must have at least one member");
    for (const std::string& name : input.Roles) {
      const std::optional<model::WorkspaceRole> role = ParseRole(name);
      if (!role) {
        problems.Add(at + ".Roles", "must be of " + std::string(kRoleNames));
      } else if (role == model::WorkspaceRole::WorkspaceOwner) {
        problems.Add(at + ".Roles",
                     "cannot hold PAI.WorkspaceOwner: the owner is who made the workspace");
      } else if (std::ranges::find(member.roles, *role) == member.roles.end()) {
        member.roles.push_back(*role);
      }
    }
    members.push_back(std::move(member));
  }
  if (!problems.empty()) return Invalid(problems);
  return members;
}

Answered<wire::CreateMemberAnswer> CreateMember(Context& context, Args<kCreateParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  // Who may not manage the workspace learns nothing about users from the checks of the body.
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  ATELIER_CO_TRY(const std::vector<model::Member> members, MembersOf(context, id));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.PutMembers(id, members, context.actor()));
  wire::CreateMemberAnswer answer{.Members = {}};
  for (const model::Member& member : members) {
    answer.Members.push_back({.MemberId = MemberIdOf(member),
                              .UserId = member.user.str(),
                              .DisplayName = context.services.identities.NameOf(member.user),
                              .Roles = RoleNames(member)});
  }
  co_return Answer(context, answer);
}

/// Code and Message are documented here, and left out: with text in them some clients take a 200
/// for a failure (docs/contract/errors.md section 2).
Answered<NoFields> DeleteMembers(Context& context, Args<kDeleteParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const std::vector<std::string>& member_ids = args.List("MemberIds");
  if (member_ids.size() > kMaxMembersOfRequest)
    co_return Invalid("MemberIds must have 1 to 100 members.");
  for (const model::Member& member : context.services.identities.MembersOf(id)) {
    if (IsOwner(&member) && std::ranges::find(member_ids, MemberIdOf(member)) != member_ids.end()) {
      co_return Invalid("MemberIds names the workspace's owner, who cannot be removed.");
    }
  }
  co_return Done(context,
                 co_await context.services.identity.DeleteMembers(id, member_ids, context.actor()));
}

Answered<wire::GetMemberAnswer> GetMember(Context& context, Args<kGetParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const std::string& member_id = args.Text("MemberId");
  const std::string& user_id = args.Text("UserId");
  if (member_id.empty() == user_id.empty())
    co_return Invalid("MemberId or UserId is required, and only one of them.");
  const std::string ours = id.str() + "-";
  const bool by_user = !user_id.empty();
  const model::Member* member = nullptr;
  if (by_user || member_id.starts_with(ours)) {
    member = context.services.identities.FindMember(
        id, model::UserId(by_user ? user_id : member_id.substr(ours.size())));
  }
  if (member == nullptr)
    co_return Error(Code::kNotFound, "The member does not exist.", "UnknownMember");
  const wire::MemberItem item = ItemOf(context.services.identities, *member);
  co_return Answer(context, static_cast<const wire::GetMemberAnswer&>(item));
}

/// The role of the path; its parameter knows no others.
model::WorkspaceRole RoleOf(Args<kRoleParams> args) { return *ParseRole(args.Text("RoleName")); }

Answered<NoFields> AddMemberRole(Context& context, Args<kRoleParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  co_return Done(context, co_await context.services.identity.AddMemberRole(
                              id, args.Text("MemberId"), RoleOf(args), context.actor()));
}

Answered<NoFields> RemoveMemberRole(Context& context, Args<kRoleParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  co_return Done(context, co_await context.services.identity.RemoveMemberRole(
                              id, args.Text("MemberId"), RoleOf(args), context.actor()));
}

constexpr std::string_view kRolePath =
    "/api/v1/workspaces/{WorkspaceId}/members/{MemberId}/roles/{RoleName}";
constexpr std::string_view kPath = "/api/v1/workspaces/{WorkspaceId}/members";

constexpr auto kOperations = std::to_array<Operation>({
    Row<ListMembers>(kWorkspaceApi, "ListMembers", "GET", kPath,
                     "Lists the members of a workspace with their roles.")
        .Passes(&PassWorkspace, identity::Access::kList),
    Row<GetMember>(kWorkspaceApi, "GetMember", "GET", "/api/v1/workspaces/{WorkspaceId}/member",
                   "Shows a member of a workspace with their roles.")
        .Passes(&PassWorkspace, identity::Access::kList),
    Row<AddMemberRole>(kWorkspaceApi, "AddMemberRole", "POST", kRolePath,
                       "Gives a member a role, which they may have already.")
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<RemoveMemberRole>(
        kWorkspaceApi, "RemoveMemberRole", "DELETE", kRolePath,
        "Takes a role from a member; without any they see the workspace and no more.")
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<CreateMember>(kWorkspaceApi, "CreateMember", "POST", kPath,
                      "Adds members to a workspace, all or none.",
                      BodySchema<wire::CreateMemberRequest>)
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<DeleteMembers>(kWorkspaceApi, "DeleteMembers", "DELETE", kPath,
                       "Removes members from a workspace, all or none.")
        .Passes(&PassWorkspace, identity::Access::kManage),
});

}  // namespace

std::span<const Operation> MemberOperations() { return kOperations; }

}  // namespace atelier::api
