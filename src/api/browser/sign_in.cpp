#include "api/browser/sign_in.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "api/errors.h"
#include "api/wire/session.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"

namespace atelier::api {

namespace {

constexpr std::string_view kSignIn = "/atelier/v1/sign-in";
constexpr std::string_view kCallback = "/atelier/v1/sign-in/callback";
constexpr std::string_view kSession = "/atelier/v1/session";
constexpr std::string_view kSignOut = "/atelier/v1/sign-out";

/// Shows what came of a sign-in elsewhere, and goes on to the page that they came for.
constexpr std::string_view kSignInPage = "/console/sign-in";

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxNext = 2'000;
constexpr std::size_t kMaxCode = 4'096;
constexpr std::size_t kMaxReason = 64;
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
  std::vector<std::string> methods = {"Link"};
  if (options.passwords) methods.emplace_back("Password");
  if (!options.oidc.issuer.empty()) methods.emplace_back("Oidc");
  return methods;
}

/// A claim that is a text, or several.
std::set<std::string> TextsOf(const json::object& claims, std::string_view name) {
  constexpr std::size_t kMostGroups = 2'000;
  std::set<std::string> texts;
  const auto add = [&](const json::value& one) {
    if (one.is_string() && texts.size() < kMostGroups) texts.emplace(one.get_string());
  };
  const json::value* value = claims.if_contains(name);
  if (value != nullptr && value->is_array())
    std::ranges::for_each(value->get_array(), add);
  else if (value != nullptr)
    add(*value);
  return texts;
}

/// Where there are too many, some providers name a place to ask for them instead (OpenID Connect
/// Core section 5.6.2): who signs in without theirs would lose what they give.
bool IsElsewhere(const json::object& claims, std::string_view name) {
  const json::value* places = claims.if_contains("_claim_names");
  return places != nullptr && places->is_object() && places->get_object().contains(name);
}

http::Response LeadTo(std::string location) {
  http::Response response{.status = 303, .headers = {}, .body = {}};
  response.headers.Add("Location", std::move(location));
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Referrer-Policy", "no-referrer");
  return response;
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

SignIn::SignIn(const Services& services, const BrowserGate& gate, const Options& options)
    : sessions_(services.sessions),
      identities_(services.identities),
      passwords_(services.passwords),
      gate_(gate),
      identity_(services.identity),
      clock_(services.real_clock),
      log_(services.log),
      options_(options),
      states_(services.real_clock, services.random),
      provider_(services.client, services.real_clock, options.oidc) {}

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
  return path == kSignIn || path == kSession || path == kSignOut || path == kCallback;
}

bool SignIn::TakesBody(std::string_view path) { return path == kSignIn; }

Status SignIn::Check(const http::RequestHead& head) const {
  const bool shows = head.path() == kSession;
  const bool returns = head.path() == kCallback;
  if (head.method != (shows || returns ? "GET" : "POST") || head.inside ||
      (returns && options_.oidc.issuer.empty())) {
    return Error(Code::kNotFound, "Specified api is not found, please check your url and method.",
                 "InvalidAction.NotFound");
  }
  if (shows) return Ok();  // what it answers says the same
  ATELIER_RETURN_IF_ERROR(CheckOrigin(options_.sign_in));
  // It comes from the provider's page: its state says whose it is.
  if (returns) return gate_.CheckNavigation(head);
  return gate_.CheckPage(head, true);
}

Task<Result<http::Response>> SignIn::Answer(Request request) {
  if (request.head.path() == kSession) co_return Show(request);
  if (request.head.path() == kSignIn) co_return co_await Open(request);
  if (request.head.path() == kCallback) co_return co_await Return(request);
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
  if (asked.Provider) co_return co_await BeginAtProvider(request, asked.Next.value_or("/"));
  const bool by_ticket = asked.Ticket.has_value();
  auto opened = co_await Admit(request, std::move(asked));
  if (!opened) co_return co_await Refuse(request, opened.error(), by_ticket);
  http::Response response = Who(request, opened->session);
  co_await Enter(request, *opened, response);
  co_return response;
}

Task<void> SignIn::Enter(const Request& request, const identity::Sessions::Opened& opened,
                         http::Response& response) {
  // What the browser held before is of no use to it any more.
  const auto before = gate_.Identify(request.head);
  if (auto caller = identity::CallerOf(identities_, opened.session.user))
    request.caller = std::make_shared<const identity::Caller>(*std::move(caller));
  if (before) {
    // One that stays runs out by itself.
    static_cast<void>(co_await sessions_.End((*before)->session, ActorOf(request, "SignIn")));
  }
  response.headers.Add("Set-Cookie",
                       gate_.CookieFor(request.head, opened.secret,
                                       std::chrono::duration_cast<Duration>(opened.session.ends -
                                                                            opened.session.made)));
}

std::string SignIn::RedirectUri() const { return options_.public_url + std::string(kCallback); }

Task<Result<http::Response>> SignIn::BeginAtProvider(const Request& request, std::string next) {
  const Oidc& oidc = options_.oidc;
  if (oidc.issuer.empty()) {
    co_return Error(Code::kUnimplemented,
                    "This server has no OpenID provider (--oidc-issuer). Use a link of `atelier "
                    "console`.");
  }
  // A path, and no host: the page looks at it again.
  if (next.size() > kMaxNext || !next.starts_with('/') || next.starts_with("//") ||
      next.find('\\') != std::string::npos)
    next = "/";
  const auto endpoints = co_await provider_.Discover();
  if (!endpoints) {
    if (const MonoTime now = clock_.Mono(); now >= next_line_) {
      next_line_ = now + kRecordEvery;
      log_.Warn("sign_in.provider", {{"error", endpoints.error().message()}});
    }
    co_return Error(Code::kUnavailable,
                    "The OpenID provider does not answer as it should. Try again soon, or use a "
                    "link of `atelier console`.",
                    "ProviderUnavailable");
  }
  ATELIER_CO_TRY(const OidcStates::Sent sent,
                 states_.Begin(http::NetworkOf(request.head.source_ip), std::move(next)));
  const char joint = endpoints->authorization.find('?') == std::string::npos ? '?' : '&';
  const std::string query = EncodeQuery({{"response_type", "code"},
                                         {"client_id", oidc.client_id},
                                         {"redirect_uri", RedirectUri()},
                                         {"scope", oidc.scopes},
                                         {"state", sent.state},
                                         {"nonce", sent.begun.nonce},
                                         {"code_challenge", Base64Url(Sha256(sent.begun.verifier))},
                                         {"code_challenge_method", "S256"}});
  http::Response response = Json(200,
                                 wire::AtProvider{.RequestId = request.request_id,
                                                  .Url = endpoints->authorization + joint + query},
                                 request.request_id);
  response.headers.Add("Set-Cookie",
                       gate_.StateCookieFor(request.head, sent.cookie, OidcStates::kLifetime));
  co_return response;
}

Task<Result<identity::Sessions::Opened>> SignIn::AdmitByProvider(const Request& request,
                                                                 const RawParams& answer,
                                                                 OidcStates::Begun begun) {
  const Oidc& oidc = options_.oidc;
  ATELIER_CO_TRY(const OidcEndpoints endpoints, co_await provider_.Discover());
  const std::string_view issuer = FirstValue(answer, "iss");
  if (issuer.empty() ? endpoints.names_issuer : issuer != oidc.issuer)
    co_return Error(Code::kUnauthenticated, "the answer is of another issuer.", "SignInFailed");
  const std::string code(FirstValue(answer, "code"));
  if (code.empty() || code.size() > kMaxCode) {
    co_return Error(
        Code::kUnauthenticated,
        fmt::format("the provider answers: {}", FirstValue(answer, "error").substr(0, kMaxReason)),
        "SignInFailed");
  }
  ATELIER_CO_TRY(const identity::IdToken token,
                 co_await provider_.Redeem({.code = code,
                                            .redirect_uri = RedirectUri(),
                                            .verifier = std::move(begun.verifier),
                                            .nonce = std::move(begun.nonce)}));
  if (IsElsewhere(token.claims, oidc.groups_claim))
    co_return Error(Code::kUnauthenticated, "the user is in more groups than the token names.",
                    "SignInFailed");
  identity::ProvidedUser who{
      .subject = {.issuer = oidc.issuer, .id = token.subject},
      .name = TextOf(token.claims, oidc.user_claim),
      .display_name = TextOf(token.claims, "name"),
      .grants = identity::GrantsOf(oidc.rules, TextsOf(token.claims, oidc.groups_claim))};
  model::Actor actor = ActorOf(request, "SignIn");
  actor.principal = oidc.issuer;  // it decides on what they have
  ATELIER_CO_TRY(auto admitted,
                 co_await identity_.AdmitSubject(std::move(who), oidc.make_users, actor));
  for (const std::string& what : admitted.not_given)
    log_.Warn("sign_in.not_given", {{"user", admitted.user.str()}, {"what", what}});
  co_return co_await sessions_.SignInByProvider(
      std::move(admitted.user),
      {.address = request.head.source_ip,
       .agent = std::string(request.head.headers.Get("User-Agent"))},
      std::move(actor));
}

Task<Result<http::Response>> SignIn::Return(const Request& request) {
  const RawParams answer = ParseQuery(request.head.query());
  std::optional<OidcStates::Begun> begun =
      states_.Take(std::string(FirstValue(answer, "state")), gate_.StatesOf(request.head));
  const std::string next = begun ? begun->next : "/";
  const std::string page = std::string(kSignInPage) + "?next=" + PercentEncode(next);
  Result<identity::Sessions::Opened> opened = Error(
      Code::kUnauthenticated, "there is no such sign-in in this browser (state).", "SignInFailed");
  if (begun) opened = co_await AdmitByProvider(request, answer, *std::move(begun));
  if (!opened) {
    const Error& error = opened.error();
    const bool refused = error.reason() == "SignInFailed";
    if (failures_.Count(http::NetworkOf(request.head.source_ip)))
      log_.Warn("sign_in.provider",
                {{"error", error.message()}, {"request_id", request.request_id}});
    if (refused) co_await RecordRefusal(request);
    const std::string_view problem = refused ? "SignInFailed" : "ProviderUnavailable";
    co_return LeadTo(fmt::format("{}&problem={}", page, problem));
  }
  http::Response response = LeadTo(page);
  response.headers.Add("Set-Cookie", gate_.StateCookieFor(request.head, "", {}));
  co_await Enter(request, *opened, response);
  co_return response;
}

/// What a stranger can cause is bounded: audit records of one a second, of all of them.
Task<Error> SignIn::Refuse(const Request& request, Error error, bool by_ticket) {
  if (error.reason() != "SignInFailed") co_return error;
  if (by_ticket && !failures_.Count(http::NetworkOf(request.head.source_ip))) {
    co_return Error(Code::kResourceExhausted, "Too many sign-ins have failed; wait a minute.",
                    "Throttling.User");
  }
  co_await RecordRefusal(request);
  co_return error;
}

Task<void> SignIn::RecordRefusal(const Request& request) {
  const MonoTime now = clock_.Mono();
  if (now < next_record_) co_return;
  next_record_ = now + kRecordEvery;
  // A store that does not take it leaves the line in the log.
  static_cast<void>(co_await sessions_.NoteRefused(ActorOf(request, "SignIn")));
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
                           .ProviderName = options_.oidc.name,
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
