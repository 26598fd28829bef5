#include "gateway/gateway.h"

#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "gateway/proxy/admission.h"
#include "gateway/proxy/answers.h"
#include "gateway/proxy/forward.h"
#include "gateway/proxy/headers.h"
#include "gateway/proxy/tunnel.h"

namespace atelier::gateway {

namespace {

using model::InstanceStatus;

constexpr std::string_view kIdPrefix = "dsw-";
/// How long a tunnel may outlive the right that opened it.
constexpr Duration kTunnelCheck{30'000};

/// "/dsw-1/lab/tree" -> "dsw-1".
std::string_view FirstSegment(std::string_view path) {
  if (!path.starts_with('/')) return {};
  return path.substr(1, path.substr(1).find('/'));
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

Error NotRunning(InstanceStatus status) {
  if (IsComing(status)) return Error(Code::kAborted, "The instance is starting. Try again soon.");
  return Error(Code::kFailedPrecondition, "The instance is not running. Start it first.");
}

/// What went wrong on the way to the instance, in words for its user.
Error Unreachable(const Error& failure, InstanceStatus status) {
  switch (failure.code()) {
    case Code::kDeadlineExceeded:
      return Error(failure.code(), "The instance did not answer in time.");
    case Code::kUnavailable:
      if (status != InstanceStatus::Running) return NotRunning(status);
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
  Clock& clock;
  Logger& log;
  GatewayOptions options;
  std::unique_ptr<Random> random;

  Task<void> Handle(http::Exchange& exchange);
  std::optional<std::string> PageFor(std::string_view target, const model::InstanceId& id) const;
  Task<void> Pass(http::Exchange& exchange, Admitted admitted, std::string target);

  void LogPassed(const http::RequestHead& head, const Admitted& admitted, int status,
                 MonoTime start);
  Task<void> Fail(http::Exchange& exchange, Error error) {
    return Send(exchange, ErrorAnswer(exchange.head(), error, *random));
  }
  static Task<void> Send(http::Exchange& exchange, http::Response response) {
    // A client that is gone needs no answer.
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
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
  const model::InstanceId id(FirstSegment(head.path()));
  if (head.path().size() == id.str().size() + 1) {
    // The cookie's path ends with the slash, so it would not come back to the bare name.
    std::string target = head.target;
    target.insert(head.path().size(), "/");
    co_return co_await Send(exchange, Redirect(std::move(target)));
  }
  SplitTarget split = TakeToken(head.target);
  auto admitted = admission.Decide(head, id, split.token);
  if (!admitted) {
    log.Debug("gateway_denied", {{"instance", id.str()}, {"why", admitted.error().reason()}});
    co_return co_await Fail(exchange, admitted.error());
  }
  const bool visits = (head.method == "GET" || head.method == "HEAD") && !WantsUpgrade(head);
  if (admitted->by_link && visits) {
    http::Response response = Redirect(split.target);
    response.headers.Add("Set-Cookie", admission.CookieFor(admitted->claims, options.session,
                                                           options.secure_cookies));
    co_return co_await Send(exchange, std::move(response));
  }
  if (auto page = visits ? PageFor(split.target, id) : std::nullopt) {
    co_return co_await Send(exchange, Redirect(*std::move(page)));
  }
  co_await Pass(exchange, *std::move(admitted), std::move(split.target));
}

/// Without the query, where secrets of the instance's own pages may be.
void Gateway::Impl::LogPassed(const http::RequestHead& head, const Admitted& admitted, int status,
                              MonoTime start) {
  const auto spent = std::chrono::duration_cast<Duration>(clock.Mono() - start);
  log.Info("gateway_request", {{"instance", admitted.instance->id.str()},
                               {"user", admitted.claims.issuer.str()},
                               {"method", head.method},
                               {"path", head.path()},
                               {"status", status},
                               {"ms", spent.count()}});
}

Task<void> Gateway::Impl::Pass(http::Exchange& exchange, Admitted admitted, std::string target) {
  const MonoTime start = clock.Mono();
  const InstanceStatus status = admitted.instance->status;
  auto place = locate(admitted.instance->id);
  if (!place) co_return co_await Fail(exchange, NotRunning(status));
  const bool secure = exchange.head().tls || options.secure_cookies;
  auto forwarded = co_await Forward(
      exchange, client, std::move(place->address),
      ForUpstream(exchange.head(), std::move(target), place->authorization, secure),
      options.upstream_timeout, clock);
  if (forwarded.by_client) {
    co_return co_await Fail(exchange, Error(Code::kInvalidArgument,
                                            "The body of the request is broken or incomplete."));
  }
  if (forwarded.failure) {
    log.Info("gateway_unreachable",
             {{"instance", admitted.instance->id.str()}, {"error", forwarded.failure->ToString()}});
    co_return co_await Fail(exchange, Unreachable(*forwarded.failure, status));
  }
  LogPassed(exchange.head(), admitted, forwarded.status, start);
  if (!forwarded.client) co_return;
  const auto still_allowed = [this, claims = admitted.claims] {
    return admission.StillHolds(claims);
  };
  co_await Tunnel(
      std::move(forwarded.client), std::move(forwarded.upstream),
      {.idle = options.tunnel_idle, .linger = options.tunnel_linger, .check_every = kTunnelCheck},
      still_allowed, clock);
}

Gateway::Gateway(const directory::InstanceDirectory& instances,
                 const identity::IdentityDirectory& identities, const identity::TokenSigner& signer,
                 http::Client& client, Locator locate, Clock& clock, Logger& log,
                 GatewayOptions options)
    : impl_(new Impl{.admission = Admission(instances, identities, signer, clock),
                     .client = client,
                     .locate = std::move(locate),
                     .clock = clock,
                     .log = log,
                     .options = options,
                     .random = MakeSystemRandom()}) {}

Gateway::~Gateway() = default;

Task<void> Gateway::Handle(http::Exchange& exchange) { return impl_->Handle(exchange); }

http::Response Gateway::Refuse(const Error& error) { return Refusal(error, *impl_->random); }

bool Gateway::Owns(std::string_view path) { return FirstSegment(path).starts_with(kIdPrefix); }

}  // namespace atelier::gateway
