// Access keys of RAM users and of the main account.
#include <array>

#include "api/envelope.h"
#include "api/ram/ram_common.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/ram.h"
#include "base/clock.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/key_uses.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kMaxKeyId = 128;

constexpr Param kOwnerName = {.name = "UserName",
                              .max = kMaxPrincipalName,
                              .doc = "Whose keys; the caller's own when absent."};
constexpr Param kKeyId = RequiredText("UserAccessKeyId", kMaxKeyId, "Id of the access key.");

constexpr std::array kOwnerParams = {kOwnerName};
constexpr std::array kKeyParams = {kOwnerName, kKeyId};
constexpr std::array kUpdateParams = {
    kOwnerName,
    kKeyId,
    Param{.name = "Status",
          .type = Param::Type::kEnum,
          .required = true,
          .values = "Active,Inactive",
          .doc = "Requests with an inactive key are refused."},
};

/// Whose keys are meant: the user named, else the caller.
Result<model::UserId> KeyOwner(const Context& context, Args<kOwnerParams> args) {
  if (args.Has("UserName")) {
    ATELIER_TRY(const model::User user, FindUserByName(context, args.Text("UserName")));
    return user.id;
  }
  if (context.caller.type == identity::PrincipalType::kRoleSession) {
    return Invalid("UserName is required: a role's session has no keys of its own.");
  }
  return context.caller.user;
}

/// The id of the permanent key that UserAccessKeyId names, if it belongs to KeyOwner. So nobody
/// reaches the main account's key, or another user's, through the name of one they may manage.
Result<std::string> OwnedKey(const Context& context, Args<kKeyParams> args) {
  ATELIER_TRY(const model::UserId owner, KeyOwner(context, args));
  const std::string& id = args.Text("UserAccessKeyId");
  const identity::KeyEntry* entry = context.services.identities.FindKey(id);
  if (entry == nullptr || entry->key.user != owner || entry->key.expires) {
    return Error(Code::kNotFound, "The user has no access key of this id.", "UnknownAccessKey");
  }
  return id;
}

Answered<wire::RamAccessKeyAnswer> CreateAccessKey(Context& context, Args<kOwnerParams> args) {
  ATELIER_CO_TRY(const model::UserId owner, KeyOwner(context, args));
  const WallTime now = context.services.clock.Wall();
  ATELIER_CO_TRY(identity::NewKey made,
                 co_await context.services.identity.CreateAccessKey(owner, context.actor()));
  const identity::KeyEntry* entry = context.services.identities.FindKey(made.id);
  const WallTime created = entry != nullptr ? entry->key.created : now;
  co_return Answer(context,
                   wire::RamAccessKeyAnswer{.AccessKey = {.AccessKeyId = std::move(made.id),
                                                          .AccessKeySecret = std::move(made.secret),
                                                          .Status = "Active",
                                                          .CreateDate = FormatSeconds(created)}});
}

Answered<wire::ListAccessKeysAnswer> ListAccessKeys(Context& context, Args<kOwnerParams> args) {
  ATELIER_CO_TRY(const model::UserId owner, KeyOwner(context, args));
  List list(context.services.identities.KeysOf(owner));
  wire::ListAccessKeysAnswer answer{};
  list.KeepIf([](const model::AccessKey& key) { return !key.expires; })  // the others are temporary
      .Fill(answer, answer.AccessKeys.AccessKey, kWhole, [](const model::AccessKey& key) {
        return wire::RamAccessKey{.AccessKeyId = key.id,
                                  .AccessKeySecret = std::nullopt,
                                  .Status = std::string(EnumName(key.state)),
                                  .CreateDate = FormatSeconds(key.created)};
      });
  co_return Answer(context, answer);
}

/// To some minutes: identity/key_uses.h.
Answered<wire::AccessKeyLastUsedAnswer> GetAccessKeyLastUsed(Context& context,
                                                             Args<kKeyParams> args) {
  ATELIER_CO_TRY(const std::string id, OwnedKey(context, args));
  wire::AccessKeyLastUsedAnswer answer;
  if (auto use = context.services.key_uses.Find(id)) {
    answer.AccessKeyLastUsed = {.LastUsedDate = FormatSeconds(use->used),
                                .ServiceName = std::move(use->service),
                                .SourceIp = std::move(use->address)};
  }
  co_return Answer(context, answer);
}

Answered<NoFields> UpdateAccessKey(Context& context, Args<kUpdateParams> args) {
  ATELIER_CO_TRY(const std::string id, OwnedKey(context, args));
  const auto state = args.Enum<model::KeyState>("Status");
  co_return Done(context,
                 co_await context.services.identity.SetAccessKeyState(id, *state, context.actor()));
}

Answered<NoFields> DeleteAccessKey(Context& context, Args<kKeyParams> args) {
  ATELIER_CO_TRY(const std::string id, OwnedKey(context, args));
  co_return Done(context, co_await context.services.identity.DeleteAccessKey(id, context.actor()));
}

constexpr std::array kOperations = {
    Rpc<CreateAccessKey>(kRamApi, "CreateAccessKey",
                         "Makes an access key; its secret is shown this once."),
    Rpc<ListAccessKeys>(kRamApi, "ListAccessKeys", "Lists access keys.").ReadOnly(),
    Rpc<GetAccessKeyLastUsed>(kRamApi, "GetAccessKeyLastUsed",
                              "When an access key was used last, from where and for what.")
        .ReadOnly(),
    Rpc<UpdateAccessKey>(kRamApi, "UpdateAccessKey", "Enables or disables an access key."),
    Rpc<DeleteAccessKey>(kRamApi, "DeleteAccessKey", "Deletes an access key."),
};

}  // namespace

std::span<const Operation> KeyOperations() { return kOperations; }

}  // namespace atelier::api
