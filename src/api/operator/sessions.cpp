// Browsers that are signed in, and the link that signs one in (docs/security.md). One's own are
// everybody's who is not denied it; those of others are for whom RAM allows atelier:ListSessions
// and so on.
#include "identity/sessions.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "api/browser/sign_in.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/session.h"
#include "base/clock.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/passwords.h"

namespace atelier::api {

namespace {

constexpr std::string_view kAll = "ALL";
constexpr auto kListParams = std::to_array<Param>({
    {.name = "UserId", .doc = "Of this user instead of the caller; ALL: of everybody."},
    kPageNumber,
    PageSizeOf(20),
});
constexpr auto kOfUser = std::to_array<Param>(
    {{.name = "UserName", .in_path = true, .required = true, .doc = "Login name of the user."}});
constexpr auto kOfSession =
    std::to_array<Param>({{.name = "SessionId", .in_path = true, .required = true}});

std::string NameOf(const Context& context, const model::UserId& user) {
  const model::User* found = context.services.identities.FindUser(user);
  return found == nullptr ? context.services.identities.NameOf(user) : found->name;
}

Answered<wire::ListSessionsAnswer> ListSessions(Context& context, Args<kListParams> args) {
  const identity::Sessions& sessions = context.services.sessions;
  const model::UserId user =
      args.Has("UserId") ? model::UserId(args.Text("UserId")) : context.caller.user;
  if (user != context.caller.user) ATELIER_CO_RETURN_IF_ERROR(context.gate.AskForAllow());
  wire::ListSessionsAnswer answer{.Sessions = {}, .TotalCount = 0};
  List(user.str() == kAll ? sessions.All() : sessions.SessionsOf(user))
      .Reverse(true)
      .Fill(answer, answer.Sessions, PagingOf(args), [&](model::Session& session) {
        return wire::Session{.SessionId = session.id,
                             .UserId = session.user.str(),
                             .UserName = NameOf(context, session.user),
                             .Method = std::string(EnumName(session.method)),
                             .GmtCreateTime = FormatSeconds(session.made),
                             .LastUsedTime = FormatSeconds(session.seen),
                             .ExpiresAt = FormatSeconds(session.ends),
                             .SourceIp = std::move(session.address),
                             .UserAgent = std::move(session.agent),
                             .Current = session.id == context.caller.session};
      });
  co_return Answer(context, answer);
}

/// Who may end those of others alone learns whether there is one.
Status PassSession(const Context& context, const std::string& id) {
  const model::Session* session = context.services.identities.FindSession(id);
  if (session != nullptr && session->user == context.caller.user) return Ok();
  return context.gate.AskForAllow();
}

Answered<NoFields> DeleteSession(Context& context, Args<kOfSession> args) {
  const std::string& id = args.Text("SessionId");
  ATELIER_CO_RETURN_IF_ERROR(PassSession(context, id));
  co_return Done(context, co_await context.services.sessions.End(id, context.actor()));
}

Error Refused(std::string message) {
  return {Code::kPermissionDenied, std::move(message), "NoPermission"};
}

/// For whom a link may be made. What has less than its owner's rights, or an end of its own, would
/// turn into all of them for a week: temporary keys. And a session would outlive itself.
Status CheckMaker(const Context& context, const model::UserId& user) {
  const identity::IdentityDirectory& identities = context.services.identities;
  const identity::Caller& caller = context.caller;
  const identity::KeyEntry* key = identities.FindKey(caller.access_key_id);
  if (key == nullptr || key->key.expires)
    return Refused("A sign-in link is made with a permanent access key.");
  if (user == caller.user)
    return caller.session.empty() ? Ok() : Refused("A session makes no link for its own user.");
  ATELIER_RETURN_IF_ERROR(context.gate.AskForAllow());
  // It is as much as making a key for them, which who may do all else may not do.
  static const std::string kMakesKeys = "ram:CreateAccessKey";
  ATELIER_RETURN_IF_ERROR(context.gate.Enforce(
      identity::Evaluate(identities, caller, {kMakesKeys}, "*", {}, context.services.clock.Wall()),
      kMakesKeys));
  const model::Account* account = identities.account();
  if (account != nullptr && user.str() == account->id.str())
    return Refused("Only the main account makes a link for itself.");
  if (identities.FindUser(user) == nullptr)
    return Error(Code::kNotFound, fmt::format("User {} does not exist.", user.str()),
                 "UnknownUser");
  return Ok();
}

Status PassMaker(const Context& context, const std::string& user) {
  return CheckMaker(context, user.empty() ? context.caller.user : model::UserId(user));
}

/// Who sets a password can sign in as that user: it is as much as making a key for them.
Result<std::string> UserToSet(const Context& context, const std::string& name) {
  static const std::string kMakesKeys = "ram:CreateAccessKey";
  ATELIER_RETURN_IF_ERROR(
      context.gate.Enforce(identity::Evaluate(context.services.identities, context.caller,
                                              {kMakesKeys}, "*", {}, context.services.clock.Wall()),
                           kMakesKeys));
  const model::User* user = context.services.identities.FindUserByName(name);
  if (user == nullptr)
    return Error(Code::kNotFound, fmt::format("User {} does not exist.", name), "UnknownUser");
  return user->name;
}

Status PassUser(const Context& context, const std::string& name) {
  ATELIER_RETURN_IF_ERROR(UserToSet(context, name));
  return Ok();
}

Answered<NoFields> SetUserPassword(Context& context, Args<kOfUser> args) {
  ATELIER_CO_TRY(const std::string name, UserToSet(context, args.Text("UserName")));
  ATELIER_CO_TRY(auto request, FromJson<wire::SetUserPasswordRequest>(context.body));
  ATELIER_CO_TRY(std::string hash,
                 co_await context.services.passwords.Hash(std::move(request.Password)));
  co_return Done(context, co_await context.services.identity.SetPassword(name, std::move(hash),
                                                                         context.actor()));
}

Answered<NoFields> DeleteUserPassword(Context& context, Args<kOfUser> args) {
  ATELIER_CO_TRY(const std::string name, UserToSet(context, args.Text("UserName")));
  co_return Done(
      context, co_await context.services.identity.SetPassword(name, std::nullopt, context.actor()));
}

Answered<wire::CreateSignInLinkAnswer> CreateSignInLink(Context& context) {
  wire::CreateSignInLinkRequest request;
  if (!context.body.empty()) {
    ATELIER_CO_TRY(request, FromJson<wire::CreateSignInLinkRequest>(context.body));
  }
  ATELIER_CO_RETURN_IF_ERROR(SignIn::CheckOrigin(context.options.sign_in));
  const model::UserId user = request.UserId ? model::UserId(*request.UserId) : context.caller.user;
  ATELIER_CO_RETURN_IF_ERROR(CheckMaker(context, user));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.sessions.Note(context.actor(), "user/" + NameOf(context, user)));
  identity::Tickets::Ticket ticket =
      context.services.sessions.MakeTicket(user, context.caller.access_key_id);
  // Behind the '#': browsers send that part to nobody, so it is in no log and no Referer.
  std::string url =
      context.url_base.empty() ? "" : context.url_base + "/console/sign-in#ticket=" + ticket.text;
  co_return Answer(context,
                   wire::CreateSignInLinkAnswer{.Url = std::move(url),
                                                .Ticket = std::move(ticket.text),
                                                .ExpiresAt = FormatSeconds(ticket.expires)});
}

}  // namespace

std::span<const Operation> SessionOperations() {
  static constexpr std::string_view kPassword = "/atelier/v1/users/{UserName}/password";
  static const auto kRows = std::to_array<Operation>({
      Row<ListSessions>(kAtelierApi, "ListSessions", "GET", "/atelier/v1/sessions",
                        "Lists the browsers that the caller, or another user, is signed in with.")
          .OpenToAll(),
      Row<DeleteSession>(kAtelierApi, "DeleteSession", "DELETE", "/atelier/v1/sessions/{SessionId}",
                         "Signs a browser out, at once.")
          .Passes(&PassSession)
          .OpenToAll(),
      Row<CreateSignInLink>(kAtelierApi, "CreateSignInLink", "POST", "/atelier/v1/sign-in-links",
                            "Makes a link that signs a browser in, once, within a minute.",
                            BodySchema<wire::CreateSignInLinkRequest>)
          .Passes(&PassMaker)
          .OpenToAll()
          .BodyOptional(),
      Row<SetUserPassword>(kAtelierApi, "SetUserPassword", "PUT", kPassword,
                           "Sets the password that a user signs a browser in with.",
                           BodySchema<wire::SetUserPasswordRequest>)
          .Passes(&PassUser),
      Row<DeleteUserPassword>(kAtelierApi, "DeleteUserPassword", "DELETE", kPassword,
                              "Takes the password of a user away, and ends the sessions by it.")
          .Passes(&PassUser),
  });
  return kRows;
}

}  // namespace atelier::api
