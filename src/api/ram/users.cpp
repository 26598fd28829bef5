// RAM users (docs/contract/ram-policy.md).
#include <array>

#include "api/envelope.h"
#include "api/ram/ram_common.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/ram.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kMaxDisplayName = 128;

constexpr std::array kCreateParams = {
    kUserName,
    Param{.name = "DisplayName", .max = kMaxDisplayName, .doc = "Name to show."},
    Param{.name = "Email", .doc = "Not supported yet: refused."},
    Param{.name = "MobilePhone", .doc = "Not supported yet: refused."},
    Param{.name = "Comments", .doc = "Not supported yet: refused."},
};
constexpr std::array kListParams = {kMarker, kMaxItems};
constexpr std::array kNameParams = {kUserName};

/// There is no operation that changes a user, so it was last updated when it was made.
wire::RamUser Show(const model::User& user) {
  return {.UserId = user.id.str(),
          .UserName = user.name,
          .DisplayName = user.display_name,
          .Comments = "",
          .Email = "",
          .MobilePhone = "",
          .CreateDate = FormatSeconds(user.created),
          .UpdateDate = FormatSeconds(user.created)};
}

Answered<wire::RamUserAnswer> CreateUser(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(RefuseTexts(args, {"Email", "MobilePhone", "Comments"}));
  ATELIER_CO_TRY(const model::User user,
                 co_await context.services.identity.CreateUser(
                     args.Text("UserName"), args.Text("DisplayName"), context.actor()));
  co_return Answer(context, wire::RamUserAnswer{.User = Show(user)});
}

Answered<wire::ListUsersAnswer> ListUsers(Context& context, Args<kListParams> args) {
  List list(context.services.identities.Users());
  wire::ListUsersAnswer answer{};
  FillByName<&model::User::name>(list, args, answer, answer.Users.User, Show);
  co_return Answer(context, answer);
}

Answered<wire::RamUserAnswer> GetUser(Context& context, Args<kNameParams> args) {
  ATELIER_CO_TRY(const model::User user, FindUserByName(context, args.Text("UserName")));
  co_return Answer(context, wire::RamUserAnswer{.User = Show(user)});
}

Answered<NoFields> DeleteUser(Context& context, Args<kNameParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(FindUserByName(context, args.Text("UserName")));
  co_return Done(context, co_await context.services.identity.DeleteUser(args.Text("UserName"),
                                                                        context.actor()));
}

constexpr std::array kOperations = {
    Rpc<CreateUser>(kRamApi, "CreateUser", "Makes a user."),
    Rpc<ListUsers>(kRamApi, "ListUsers", "Lists users by name.").ReadOnly(),
    Rpc<GetUser>(kRamApi, "GetUser", "Shows a user.").ReadOnly(),
    Rpc<DeleteUser>(kRamApi, "DeleteUser", "Deletes a user that has no keys."),
};

}  // namespace

std::span<const Operation> UserOperations() { return kOperations; }

}  // namespace atelier::api
