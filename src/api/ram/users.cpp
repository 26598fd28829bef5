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

Task<Result<std::string>> CreateUser(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(RefuseTexts(args, {"Email", "MobilePhone", "Comments"}));
  ATELIER_CO_TRY(const model::User user,
                 co_await context.services.identity.CreateUser(
                     args.Text("UserName"), args.Text("DisplayName"), context.actor()));
  co_return Answer(context, wire::RamUserAnswer{.User = Show(user)}, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListUsers(Context& context, Args<kListParams> args) {
  auto page = PageByName(context.services.identities.Users(), &model::User::name, args);
  wire::ListUsersAnswer answer{.Users = {.User = {}},
                               .IsTruncated = page.marker.has_value(),
                               .Marker = std::move(page.marker)};
  for (const model::User& user : page.items) answer.Users.User.push_back(Show(user));
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetUser(Context& context, Args<kNameParams> args) {
  ATELIER_CO_TRY(const model::User user, FindUserByName(context, args.Text("UserName")));
  co_return Answer(context, wire::RamUserAnswer{.User = Show(user)}, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DeleteUser(Context& context, Args<kNameParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(FindUserByName(context, args.Text("UserName")));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.DeleteUser(args.Text("UserName"), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

constexpr SchemaFn kUserAnswer = &AnswerSchema<wire::RamUserAnswer, EnvelopeForm::kRequestId>;
constexpr SchemaFn kBareAnswer = &AnswerSchema<NoFields, EnvelopeForm::kRequestId>;

constexpr std::array kOperations = {
    RamRow("CreateUser", kHandler<CreateUser>, true, kUserAnswer, "Makes a user."),
    RamRow("ListUsers", kHandler<ListUsers>, false,
           &AnswerSchema<wire::ListUsersAnswer, EnvelopeForm::kRequestId>, "Lists users by name."),
    RamRow("GetUser", kHandler<GetUser>, false, kUserAnswer, "Shows a user."),
    RamRow("DeleteUser", kHandler<DeleteUser>, true, kBareAnswer,
           "Deletes a user that has no keys."),
};

}  // namespace

std::span<const Operation> UserOperations() { return kOperations; }

}  // namespace atelier::api
