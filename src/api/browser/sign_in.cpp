#include "api/browser/sign_in.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "api/errors.h"
#include "api/wire/session.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/text.h"

namespace atelier::api {

namespace {

constexpr std::string_view kSignIn = "/atelier/v1/sign-in";
constexpr std::string_view kSession = "/atelier/v1/session";
constexpr std::string_view kSignOut = "/atelier/v1/sign-out";

constexpr std::size_t kMaxName = 64;
constexpr std::chrono::seconds kForgetAfter{6};
constexpr int kMaxFailures = 10;
constexpr std::chrono::seconds kRecordEvery{1};

template <codec::Described T>
http::Response Json(int status, const T& fields, const std::string& request_id) {
  http::Response response = JsonResponse(status, ToJson(fields), request_id);
  response.headers.Add("Cache-Control", "no-store");
  return response;
}

std::vector<std::string> Methods(const Options& options) {
  if (!options.sign_in) return {};
  if (options.passwords) return {"Link", "Password"};
  return {"Link"};
}

std::string AppsOrigin(const Options& options) {
  if (options.apps_url.find('*') != std::string::npos) return "Names";
  return options.apps_port() != 0 ? "Port" : "Shared";
}

}  // namespace

bool FailureLimit::Count(std::string_view network) {
  const MonoTime now = clock_.Mono();
  if (until_.size() >= kMaxNetworks && !until_.contains(network))
    std::erase_if(until_, [&](const auto& one) { return one.second <= now; });
  if (until_.size() >= kMaxNetworks && !until_.contains(network)) until_.clear();
  MonoTime& until = until_.try_emplace(std::string(network), now).first->second;
  const MonoTime next = std::max(until, now) + kForgetAfter;
  if (next > now + kMaxFailures * kForgetAfter) return false;
  until = next;
  return true;
}

SignIn::SignIn(identity::Sessions& sessions, const identity::IdentityDirectory& identities,
               identity::Passwords& passwords, const BrowserGate& gate, const Clock& clock,
               const Options& options)
    : sessions_(sessions),
      identities_(identities),
      passwords_(passwords),
      gate_(gate),
      clock_(clock),
      options_(options) {}

Status SignIn::CheckOrigin(bool open) {
  if (open) return Ok();
  return Error(
      Code::kPermissionDenied,
      "Browsers cannot sign in here: pages of notebooks are served at the same address and "
      "could act as the user who looks at them. Give them an address of their own "
      "(--apps-listen, or --apps-url with a name for each), or take the risk "
      "(--allow-shared-origin true).",
      "SharedOrigin");
}

bool SignIn::Owns(std::string_view path) {
  return path == kSignIn || path == kSession || path == kSignOut;
}

bool SignIn::TakesBody(std::string_view path) { return path == kSignIn; }

Status SignIn::Check(const http::RequestHead& head) const {
  const bool shows = head.path() == kSession;
  if (head.method != (shows ? "GET" : "POST") || head.inside) {
    return Error(Code::kNotFound, "Specified api is not found, please check your url and method.",
                 "InvalidAction.NotFound");
  }
  if (shows) return Ok();  // what it answers says the same
  ATELIER_RETURN_IF_ERROR(CheckOrigin(options_.sign_in));
  return gate_.CheckPage(head, true);
}

Task<Result<http::Response>> SignIn::Answer(Request request) {
  if (request.head.path() == kSession) co_return Show(request);
  if (request.head.path() == kSignIn) co_return co_await Open(request);
  co_return co_await Close(request);
}

model::Actor SignIn::ActorOf(const Request& request, std::string operation) const {
  return {.principal = request.caller == nullptr ? "" : request.caller->arn,
          .request_id = request.request_id,
          .source_ip = request.head.source_ip,
          .operation = std::move(operation)};
}

http::Response SignIn::Who(const Request& request, const model::Session& session) const {
  const model::User* user = identities_.FindUser(session.user);
  return Json(200,
              wire::Who{.RequestId = request.request_id,
                        .UserId = session.user.str(),
                        .UserName = user == nullptr ? identities_.NameOf(session.user) : user->name,
                        .DisplayName = identities_.NameOf(session.user),
                        .ExpiresAt = FormatSeconds(session.ends),
                        .AppsOrigin = AppsOrigin(options_)},
              request.request_id);
}

Task<Result<identity::Sessions::Opened>> SignIn::Admit(const Request& request,
                                                       wire::SignInRequest asked) {
  const http::RequestHead& head = request.head;
  identity::Sessions::Browser browser{.address = head.source_ip,
                                      .agent = std::string(head.headers.Get("User-Agent"))};
  model::Actor actor = ActorOf(request, "SignIn");
  if (asked.Ticket) {
    co_return co_await sessions_.SignIn(*std::move(asked.Ticket), std::move(browser),
                                        std::move(actor));
  }
  if (!asked.Password || !asked.UserName)
    co_return Error(Code::kInvalidArgument, "Ticket is missing, or UserName and Password are.");
  if (!options_.passwords) {
    co_return Error(Code::kUnimplemented,
                    "Passwords are off on this server (--passwords true). Use a link of `atelier "
                    "console`.");
  }
  // Of names that nobody has, too: a wait does not tell that there is one.
  const std::string name = ToLower(asked.UserName->substr(0, kMaxName));
  const std::string network = http::NetworkOf(head.source_ip);
  if (!networks_.Begin(network) || !names_.Begin(name)) {
    co_return Error(Code::kResourceExhausted,
                    "Too many passwords were tried. Wait, or use a link of `atelier console`.",
                    "Throttling.User");
  }
  const model::User* user = identities_.FindUserByName(*asked.UserName);
  const bool has = user != nullptr && user->password;
  const model::UserId id = has ? user->id : model::UserId();
  const std::string hash = has ? user->password->hash : "";
  ATELIER_CO_TRY(const bool fits, co_await passwords_.Fits(*std::move(asked.Password), hash));
  if (!fits) co_return identity::Sessions::Refused();
  names_.Forget(name);
  networks_.GiveBack(network);
  co_return co_await sessions_.SignInByPassword(id, hash, std::move(browser), std::move(actor));
}

Task<Result<http::Response>> SignIn::Open(const Request& request) {
  ATELIER_CO_TRY(auto asked, FromJson<wire::SignInRequest>(request.body));
  if (asked.Provider) {
    co_return Error(Code::kUnimplemented,
                    "Signing in by a provider is not supported by this server yet. Use a link of "
                    "`atelier console`.");
  }
  const http::RequestHead& head = request.head;
  const bool by_ticket = asked.Ticket.has_value();
  auto opened = co_await Admit(request, std::move(asked));
  if (!opened) co_return co_await Refuse(request, opened.error(), by_ticket);
  // What the browser held before is of no use to it any more.
  const auto before = gate_.Identify(head);
  if (auto caller = identity::CallerOf(identities_, opened->session.user))
    request.caller = std::make_shared<const identity::Caller>(*std::move(caller));
  if (before) {
    // One that stays runs out by itself.
    static_cast<void>(co_await sessions_.End((*before)->session, ActorOf(request, "SignIn")));
  }
  http::Response response = Who(request, opened->session);
  response.headers.Add("Set-Cookie",
                       gate_.CookieFor(head, opened->secret,
                                       std::chrono::duration_cast<Duration>(opened->session.ends -
                                                                            opened->session.made)));
  co_return response;
}

/// What a stranger can cause is bounded: audit records of one a second, of all of them.
Task<Error> SignIn::Refuse(const Request& request, Error error, bool by_ticket) {
  if (error.reason() != "SignInFailed") co_return error;
  if (by_ticket && !failures_.Count(http::NetworkOf(request.head.source_ip))) {
    co_return Error(Code::kResourceExhausted, "Too many sign-ins have failed; wait a minute.",
                    "Throttling.User");
  }
  if (const MonoTime now = clock_.Mono(); now >= next_record_) {
    next_record_ = now + kRecordEvery;
    // A store that does not take it leaves the line in the log.
    static_cast<void>(co_await sessions_.NoteRefused(ActorOf(request, "SignIn")));
  }
  co_return error;
}

http::Response SignIn::Show(const Request& request) {
  Result<identity::CallerPtr> caller = identity::Sessions::Nobody();
  if (options_.sign_in && gate_.CheckPage(request.head, false))
    caller = gate_.Identify(request.head);
  if (caller) {
    request.caller = *std::move(caller);
    if (const model::Session* session = identities_.FindSession(request.caller->session))
      return Who(request, *session);
  }
  const Error nobody = identity::Sessions::Nobody();
  return Json(401,
              wire::Nobody{.RequestId = request.request_id,
                           .Code = nobody.reason(),
                           .Message = nobody.message(),
                           .SignInMethods = Methods(options_),
                           .AppsOrigin = AppsOrigin(options_)},
              request.request_id);
}

Task<Result<http::Response>> SignIn::Close(const Request& request) {
  if (auto caller = gate_.Identify(request.head)) {
    request.caller = *std::move(caller);
    const Status ended =
        co_await sessions_.End(request.caller->session, ActorOf(request, "SignOut"));
    if (!ended && ended.error().code() != Code::kNotFound) co_return ended.error();
  }
  http::Response response =
      JsonResponse(200, R"({"RequestId":")" + request.request_id + "\"}", request.request_id);
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Set-Cookie", gate_.CookieFor(request.head, "", {}));
  co_return response;
}

}  // namespace atelier::api
