#include "gateway/gateway.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/log_sampler.h"
#include "base/random.h"
#include "base/text.h"
#include "gateway/proxy/admission.h"
#include "gateway/proxy/answers.h"
#include "gateway/proxy/forward.h"
#include "gateway/proxy/headers.h"
#include "gateway/proxy/open_page.h"
#include "gateway/proxy/traffic.h"
#include "gateway/proxy/tunnel.h"
#include "identity/caller.h"
#include "model/idle_rule.h"

namespace atelier::gateway {

namespace {

using model::InstanceStatus;

constexpr std::string_view kIdPrefix = "dsw-";
/// How long a tunnel may outlive the right that opened it.
constexpr Duration kTunnelCheck{30'000};

/// "/dsw-1/proxy/9000" of "/dsw-1/proxy/9000/x", which the instance's Jupyter takes off for the app
/// on that port; empty: the app, or Jupyter itself, is asked for the whole path.
std::string MountOf(std::string_view path, const model::InstanceId& id) {
  const std::string root = "/" + id.str() + "/proxy/";
  if (!path.starts_with(root)) return {};
  const std::string_view app = path.substr(0, path.find('/', root.size()));
  return app == root + "absolute" ? std::string() : std::string(app);
}

/// Running without an address: the server has just started and looks for it, or it went this
/// moment.
bool IsComing(InstanceStatus status) {
  switch (status) {
    case InstanceStatus::Running:
    case InstanceStatus::Creating:
    case InstanceStatus::ResourceAllocating:
    case InstanceStatus::EnvPreparing:
    case InstanceStatus::Queuing:
    case InstanceStatus::Starting:
    case InstanceStatus::Updating:
    case InstanceStatus::Recovering:
      return true;
    default:
      return false;
  }
}

Error NotRunning(const model::InstanceId& id, InstanceStatus status) {
  if (IsComing(status)) return Error(Code::kAborted, "The instance is starting. Try again soon.");
  return Error(Code::kFailedPrecondition,
               fmt::format("The instance is not running. Start it first, in the console, with "
                           "`atelier instance start {}` or with StartInstance.",
                           id.str()));
}

Error TooMany() {
  return Error(
      Code::kAborted,
      "Too many requests and WebSockets of yours are open. Close some, or try again soon.");
}

/// What went wrong on the way to the instance, in words for its user.
Error Unreachable(const Error& failure, const model::InstanceId& id, InstanceStatus status) {
  switch (failure.code()) {
    case Code::kDeadlineExceeded:
      return Error(failure.code(), "The instance did not answer in time.");
    case Code::kUnavailable:
      if (status != InstanceStatus::Running) return NotRunning(id, status);
      return Error(failure.code(), "The instance runs, but its server cannot be reached.");
    default:
      return Error(Code::kUnavailable, "The instance's answer cannot be understood.");
  }
}

}  // namespace

struct Gateway::Impl {
  Admission admission;
  http::Client& client;
  Locator locate;
  Clock& real_clock;
  Logger& log;
  GatewayOptions options;
  std::unique_ptr<Random> random;
  LogSampler sampler{log, real_clock};  // for visits of strangers
  Traffic traffic = {};

  /// One request, for its log line.
  struct ProxiedRequest {
    http::Exchange& exchange;
    MonoTime start;
    std::string request_id;
    model::InstanceId instance;
    model::UserId user = {};  // empty: not admitted
  };

  Task<void> Handle(http::Exchange& exchange);
  std::optional<std::string> HostLabel(const http::RequestHead& head) const {
    return options.names ? options.names->LabelOf(head.headers.Get("Host")) : std::nullopt;
  }
  Task<void> Open(ProxiedRequest& proxied);
  /// Who holds the ticket, and where it leads. PermissionDenied: nobody, or not from here.
  Task<Result<identity::Tickets::Grant>> TakeTicket(http::Exchange& exchange);
  std::optional<std::string> PageFor(std::string_view target, const model::InstanceId& id) const;
  Task<void> Pass(ProxiedRequest& proxied, Admitted admitted, std::string target);
  /// Nothing: it is none of these pages.
  std::optional<Task<void>> OwnPage(ProxiedRequest& proxied, const Admitted& admitted,
                                    std::string_view target);
  Task<void> ShowIdle(ProxiedRequest& proxied, directory::InstancePtr instance);
  Task<void> Extend(ProxiedRequest& proxied, identity::Origin origin);

  /// `refusal`: the code of our own answer, if it is one.
  void Log(const ProxiedRequest& proxied, int status, std::string_view why,
           std::string_view refusal = {});
  /// `why`: for the operator alone.
  Task<void> Fail(ProxiedRequest& proxied, const Error& error, std::string why) {
    return Send(proxied, ErrorAnswer(proxied.exchange.head(), error, proxied.request_id),
                std::move(why), CodeOf(error));
  }
  Task<void> Send(ProxiedRequest& proxied, http::Response response, std::string why = {},
                  std::string_view refusal = {}) {
    Log(proxied, response.status, why, refusal);
    // A client that is gone needs no answer.
    [[maybe_unused]] const Status sent = co_await proxied.exchange.Send(std::move(response));
  }
};

/// Where a browser is sent that asks for no page in particular; the target keeps its query.
std::optional<std::string> Gateway::Impl::PageFor(std::string_view target,
                                                  const model::InstanceId& id) const {
  const auto mark = target.find('?');
  const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark);
  const std::string_view rest = target.substr(0, mark).substr(1 + id.str().size());
  const std::string root = "/" + id.str() + "/";
  if (rest == "/") return root + "lab/" + std::string(query);
  // The full-page terminal of the instance's own Jupyter.
  if (rest == "/tty" || rest == "/tty/") return root + "terminals/1" + std::string(query);
  return std::nullopt;
}

Task<void> Gateway::Impl::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  ProxiedRequest proxied{.exchange = exchange,
                         .start = real_clock.Mono(),
                         .request_id = random->Uuid(),
                         .instance = model::InstanceId(Gateway::IdIn(head.path()))};
  if (head.path() == kOpenPath) co_return co_await Open(proxied);
  const model::InstanceId& id = proxied.instance;
  const auto label = HostLabel(head);
  if (label && *label != id.str()) {
    co_return co_await Fail(
        proxied, Error(Code::kPermissionDenied, "This host is not that of the instance."), "Host");
  }
  const Admission::Cookies cookies{.secure = head.tls || options.secure_cookies,
                                   .own_host = label.has_value()};
  if (head.path().size() == id.str().size() + 1) {
    // The cookie's path ends with the slash, so it would not come back to the bare name.
    std::string target = head.target;
    target.insert(head.path().size(), "/");
    co_return co_await Send(proxied, Redirect(std::move(target), proxied.request_id));
  }
  SplitTarget split = TakeToken(head.target);
  auto admitted = admission.Decide(head, id, split.token, cookies);
  if (!admitted) co_return co_await Fail(proxied, admitted.error(), admitted.error().reason());
  proxied.user = admitted->claims.issuer;
  const bool visits = (head.method == "GET" || head.method == "HEAD") && !WantsWebSocket(head);
  if (admitted->by_link && visits) {
    http::Response response = Redirect(split.target, proxied.request_id);
    response.headers.Add("Set-Cookie",
                         admission.CookieFor(admitted->claims, options.session, cookies));
    co_return co_await Send(proxied, std::move(response));
  }
  if (auto page = visits ? PageFor(split.target, id) : std::nullopt) {
    co_return co_await Send(proxied, Redirect(*std::move(page), proxied.request_id));
  }
  if (auto own = OwnPage(proxied, *admitted, split.target)) co_return co_await *std::move(own);
  co_await Pass(proxied, *std::move(admitted), std::move(split.target));
}

Task<Result<identity::Tickets::Grant>> Gateway::Impl::TakeTicket(http::Exchange& exchange) {
  constexpr std::size_t kMaxBody = 1024;
  constexpr Duration kTimeout{10'000};
  const http::RequestHead& head = exchange.head();
  const auto label = HostLabel(head);
  // Nobody is led to an instance by a page of another origin, or as somebody else.
  const auto own = http::ParseOrigin(http::AtLabel(options.public_url, label.value_or("")));
  const std::string_view type = head.headers.Get("Content-Type");
  if (options.openings == nullptr || !http::FromOwnPage(head, own) ||
      !EqualsIgnoreCase(Trim(Cut(type, ';').before), "application/json"))
    co_return Error(Code::kPermissionDenied, "A ticket is used by the page that it leads to.");
  ATELIER_CO_TRY(const std::string body,
                 co_await exchange.ReadBodyBy(kMaxBody, real_clock.In(kTimeout)));
  auto grant = options.openings->Take(TicketOf(body).value_or(""));
  if (grant && (!label || *label == grant->instance.str())) co_return *std::move(grant);
  co_return Error(Code::kPermissionDenied,
                  "This link does not open an instance. It works once, within a minute, at its own "
                  "address: open the instance anew from the console.");
}

Task<void> Gateway::Impl::Open(ProxiedRequest& proxied) {
  http::Exchange& exchange = proxied.exchange;
  const http::RequestHead& head = exchange.head();
  proxied.instance = {};
  if (head.method == "GET") co_return co_await Send(proxied, OpenPage());
  if (head.method != "POST") {
    co_return co_await Send(proxied, PlainAnswer(405, "UnsupportedHTTPMethod", "",
                                                 "Use GET or POST.", proxied.request_id));
  }
  auto grant = co_await TakeTicket(exchange);
  if (!grant) co_return co_await Fail(proxied, grant.error(), "ticket");
  proxied.instance = grant->instance;
  const identity::TokenClaims claims{
      .use = identity::TokenUse::Access,
      .instance = grant->instance,
      .issuer = grant->user,
      .key = grant->key.empty() ? std::nullopt : std::optional<std::string>(grant->key),
      .session = grant->session.empty() ? std::nullopt : std::optional<std::string>(grant->session),
      .expires = admission.now() + options.session};
  const auto allowed =
      admission.Open(claims, {.source_ip = head.source_ip, .secure_transport = head.tls});
  if (!allowed) co_return co_await Fail(proxied, allowed.error(), allowed.error().reason());
  proxied.user = grant->user;
  http::Response answer = OpenAnswer(grant->target);
  answer.headers.Add("Set-Cookie",
                     admission.CookieFor(claims, options.session,
                                         {.secure = head.tls || options.secure_cookies,
                                          .own_host = HostLabel(head).has_value()}));
  co_await Send(proxied, std::move(answer));
}

std::optional<Task<void>> Gateway::Impl::OwnPage(ProxiedRequest& proxied, const Admitted& admitted,
                                                 std::string_view target) {
  if (!options.idle_minutes || !options.extend) return std::nullopt;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view name = path.substr(1 + proxied.instance.str().size());
  const std::string& method = proxied.exchange.head().method;
  if (name == "/atelier/idle" && method == "GET") return ShowIdle(proxied, admitted.instance);
  if (name == "/atelier/extend" && method == "POST") return Extend(proxied, admitted.origin);
  return std::nullopt;
}

Task<void> Gateway::Impl::ShowIdle(ProxiedRequest& proxied, directory::InstancePtr instance) {
  boost::json::object shown;
  if (instance->culler && instance->status == InstanceStatus::Running) {
    const std::int64_t limit = instance->culler->max_idle_minutes;
    const std::int64_t idle = options.idle_minutes(instance->id);
    const Duration warn_at = model::FirstIdleWarning(std::chrono::minutes(limit));
    shown = {{"MaxIdleTimeInMinutes", limit},
             {"IdleTimeInMinutes", idle},
             {"StopsInMinutes", std::max<std::int64_t>(0, limit - idle)},
             {"Warn", std::chrono::minutes(idle) >= warn_at}};
  }
  http::Response response{.status = 200, .headers = {}, .body = boost::json::serialize(shown)};
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Cache-Control", "no-store");
  co_await Send(proxied, std::move(response));
}

Task<void> Gateway::Impl::Extend(ProxiedRequest& proxied, identity::Origin origin) {
  const auto caller = identity::CallerOf(admission.identities(), proxied.user);
  const Status extended = co_await options.extend(
      proxied.instance, {.principal = caller ? caller->arn : proxied.user.str(),
                         .request_id = proxied.request_id,
                         .source_ip = std::move(origin.source_ip),
                         .operation = "ExtendInstance"});
  if (!extended) co_return co_await Fail(proxied, extended.error(), extended.error().ToString());
  co_await Send(proxied,
                PlainAnswer(200, "OK", "", "Idle time counts from zero.", proxied.request_id));
}

/// Without the query, where secrets of the instance's own pages may be.
void Gateway::Impl::Log(const ProxiedRequest& proxied, int status, std::string_view why,
                        std::string_view refusal) {
  traffic.outcomes.Count(status, refusal);
  const http::RequestHead& head = proxied.exchange.head();
  const auto spent = std::chrono::duration_cast<Duration>(real_clock.Mono() - proxied.start);
  if (proxied.user.empty() && !sampler.Admit(fmt::format("gateway.{}", status))) return;
  log.Info("gateway_request", {{"instance", proxied.instance.str()},
                               {"user", proxied.user.str()},
                               {"method", head.method},
                               {"path", head.path()},
                               {"status", status},
                               {"why", why},
                               {"ms", spent.count()},
                               {"request_id", proxied.request_id},
                               {"ip", head.source_ip}});
}

Task<void> Gateway::Impl::Pass(ProxiedRequest& proxied, Admitted admitted, std::string target) {
  http::Exchange& exchange = proxied.exchange;
  const InstanceStatus status = admitted.instance->status;
  auto place = locate(admitted.instance->id);
  if (!place)
    co_return co_await Fail(proxied, NotRunning(proxied.instance, status),
                            place.error().ToString());
  const auto share =
      options.shares ? options.shares->Take(identity::HolderOf(proxied.user)) : nullptr;
  if (options.shares && !share) co_return co_await Fail(proxied, TooMany(), "");
  const bool secure = exchange.head().tls || options.secure_cookies;
  Upload upload(exchange);
  Forwarded forwarded;
  if (const Status begun = co_await upload.Begin(); !begun) {
    forwarded = {.failure = begun.error(), .by_client = true};
  } else {
    forwarded = co_await Forward(
        exchange, upload, client, std::move(place->address),
        ForUpstream(exchange.head(), std::move(target), place->authorization, secure),
        {.path = "/" + admitted.instance->id.str() + "/",
         .mount = MountOf(exchange.head().path(), admitted.instance->id)},
        options.upstream_timeout, real_clock, traffic.flow);
  }
  if (forwarded.given_up) co_return Log(proxied, kGivenUpStatus, "the client is gone");
  if (forwarded.by_client) {
    co_return co_await Fail(
        proxied, Error(Code::kInvalidArgument, "The body of the request is broken or incomplete."),
        "");
  }
  if (forwarded.failure) {
    co_return co_await Fail(proxied, Unreachable(*forwarded.failure, proxied.instance, status),
                            forwarded.failure->ToString());
  }
  Log(proxied, forwarded.status, "");
  if (!forwarded.client) co_return;
  const auto still_allowed = [this, claims = admitted.claims, origin = admitted.origin] {
    return admission.StillHolds(claims, origin);
  };
  co_await Tunnel(
      std::move(forwarded.client), std::move(forwarded.upstream),
      {.idle = options.tunnel_idle, .linger = options.tunnel_linger, .check_every = kTunnelCheck},
      still_allowed, real_clock, traffic);
}

Gateway::Gateway(const directory::InstanceDirectory& instances,
                 const identity::IdentityDirectory& identities, const identity::TokenSigner& signer,
                 http::Client& client, Locator locate, Clock& clock, Clock& real_clock, Logger& log,
                 GatewayOptions options)
    : impl_(
          new Impl{.admission = Admission(instances, identities, signer, clock, options.public_url),
                   .client = client,
                   .locate = std::move(locate),
                   .real_clock = real_clock,
                   .log = log,
                   .options = std::move(options),
                   .random = MakeSystemRandom()}) {}

Gateway::~Gateway() { impl_->sampler.TellRest(); }

Task<void> Gateway::Handle(http::Exchange& exchange) { return impl_->Handle(exchange); }

const Traffic& Gateway::traffic() const { return impl_->traffic; }

http::Response Gateway::Refuse(const Error& error) { return Refusal(error, impl_->random->Uuid()); }

std::string_view Gateway::IdIn(std::string_view path) {
  if (!path.starts_with('/')) return {};
  return path.substr(1, path.substr(1).find('/'));
}

bool Gateway::Owns(std::string_view path) {
  return IdIn(path).starts_with(kIdPrefix) || path == kOpenPath;
}

}  // namespace atelier::gateway
