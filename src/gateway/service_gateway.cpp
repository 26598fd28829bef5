#include "gateway/service_gateway.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/random.h"
#include "gateway/proxy/answers.h"
#include "gateway/proxy/cors.h"
#include "gateway/proxy/forward.h"
#include "gateway/proxy/headers.h"
#include "gateway/proxy/traffic.h"
#include "gateway/proxy/tunnel.h"
#include "gateway/service/balancer.h"
#include "gateway/service/credential.h"
#include "gateway/service/discovery.h"
#include "gateway/service/service_metrics.h"
#include "gateway/service/weighted_round_robin.h"
#include "identity/caller.h"

namespace atelier::gateway {

namespace {

constexpr std::string_view kRoot = "/api/predict/";
constexpr Duration kTunnelCheck{5'000};
constexpr std::string_view kRetrySeconds = "1";
constexpr std::size_t kMaxTries = 3;  // of a request, each at another replica

/// "/api/predict/foo/v1?x=1" -> "foo", "/api/predict/foo" and "/v1?x=1".
struct Call {
  std::string_view service;
  std::string mount;
  std::string target;
};

Call SplitTarget(std::string_view target) {
  const std::string_view named = target.substr(kRoot.size());
  const std::size_t end = std::min(named.find_first_of("/?"), named.size());
  Call call{.service = named.substr(0, end),
            .mount = std::string(target.substr(0, kRoot.size() + end)),
            .target = std::string(named.substr(end))};
  if (!call.target.starts_with('/')) call.target.insert(0, "/");
  return call;
}

struct Shape {
  int status;
  std::string_view code;
};

/// `limited`: the service sets how long an answer may take, so that being late is its word (408),
/// not ours (504).
Shape ShapeOf(const Error& error, bool limited) {
  switch (error.code()) {
    case Code::kUnauthenticated:
      return {401, "Unauthorized"};
    case Code::kResourceExhausted:
      return error.reason() == "QueueFull" ? Shape{450, "QueueFull"} : Shape{429, "Throttling"};
    case Code::kDeadlineExceeded:
      return limited ? Shape{408, "RequestTimeout"} : Shape{504, "GatewayTimeout"};
    case Code::kInvalidArgument:
      return {400, "InvalidParameter"};
    case Code::kUnavailable:
      return error.reason() == "NoneReady" ? Shape{503, "ServiceUnavailable"}
                                           : Shape{502, "BadGateway"};
    default:
      return {502, "BadGateway"};
  }
}

/// May be given to another replica although one had it: it changes nothing, and nothing of it is
/// used up.
bool MayRepeat(const http::RequestHead& head) {
  return (head.method == "GET" || head.method == "HEAD") && !head.has_body() &&
         !WantsWebSocket(head);
}

/// What went wrong on the client's side, in words for it.
Error OfClient(const Error& failure) {
  if (failure.code() == Code::kUnauthenticated) return failure;
  if (failure.code() == Code::kDeadlineExceeded)
    return {Code::kDeadlineExceeded, "The body of the request took too long to arrive."};
  return {Code::kInvalidArgument, "The body of the request is broken or incomplete."};
}

/// The same of the last replica's.
Error OfReplica(const Forwarded& forwarded) {
  switch (forwarded.failure->code()) {
    case Code::kDeadlineExceeded:
      return {Code::kDeadlineExceeded, "The instance did not answer in time."};
    case Code::kInvalidArgument:
      return {Code::kUnavailable, "The instance's answer cannot be understood."};
    default:
      if (forwarded.not_sent)
        return {Code::kUnavailable, "The instances cannot be reached. Nothing was done."};
      return {Code::kUnavailable,
              "The instance broke off before its answer. It may have acted on the request."};
  }
}

}  // namespace

struct ServiceGateway::Impl {
  const directory::ServiceDirectory& services;
  http::Client& client;
  ReplicaLocator locate;
  Clock& clock;
  Logger& log;
  ServiceGatewayOptions options;
  Balancer balancer;
  WeightedRoundRobin shares;
  std::unique_ptr<Random> random;
  ServiceMetrics metrics{services};
  Traffic traffic = {};

  /// Who is called by this name, and with whose token: a service, also as "<its group>.<name>", or
  /// a group. Neither: there is none, and the token is empty.
  struct Called {
    directory::ServicePtr service = {};
    directory::GroupPtr group = {};
    std::string_view token = {};  // until the next change of the directory
  };
  Called Find(std::string_view name) const;

  Task<void> Handle(http::Exchange& exchange);
  /// `checked`: what the body is to be read through, if it is signed.
  Task<void> Pass(http::Exchange& exchange, CheckedBody* checked, directory::ServicePtr service,
                  directory::ServiceSpecPtr spec, Call call);
  Task<void> OpenTunnel(Forwarded forwarded, directory::ServicePtr service, model::InstanceId id);
  /// `service`: whose request it is, as its token says; nullptr: nobody's.
  /// `replica`: whose failure it is.
  Task<void> Fail(http::Exchange& exchange, Error error, bool limited,
                  const model::Service* service = nullptr,
                  const model::InstanceId* replica = nullptr);
  void LogPassed(const http::RequestHead& head, const model::Replica& replica, int status,
                 MonoTime start);
  /// `replica`: who answered, or failed to; nullptr: it reached none. `took`: of an answer.
  void Count(const model::ServiceId* service, const model::InstanceId* replica, int status,
             std::string_view refusal, std::optional<std::chrono::nanoseconds> took = {});
};

void ServiceGateway::Impl::Count(const model::ServiceId* service, const model::InstanceId* replica,
                                 int status, std::string_view refusal,
                                 std::optional<std::chrono::nanoseconds> took) {
  traffic.outcomes.Count(status, refusal);
  if (service == nullptr) return;
  metrics.Count(*service, status, refusal, took);
  if (options.history == nullptr) return;
  const auto outcome = status == kGivenUpStatus ? directory::TrafficClass::kGivenUp
                                                : directory::TrafficClassOf(status);
  options.history->Count(service->str(), outcome, took);
  if (replica != nullptr) options.history->Count(replica->str(), outcome, took);
}

Task<void> ServiceGateway::Impl::Fail(http::Exchange& exchange, Error error, bool limited,
                                      const model::Service* service,
                                      const model::InstanceId* replica) {
  const Shape shape = ShapeOf(error, limited);
  Count(service != nullptr ? &service->id : nullptr, replica, shape.status, shape.code);
  http::Response response =
      PlainAnswer(shape.status, shape.code, exchange.head().headers.Get("Host"), error.message(),
                  random->Uuid());
  if (shape.status == 429 || shape.status == 503 || shape.status == 450)
    response.headers.Add("Retry-After", std::string(kRetrySeconds));
  LetPagesRead(response.headers);
  // A client that is gone needs no answer.
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

ServiceGateway::Impl::Called ServiceGateway::Impl::Find(std::string_view name) const {
  if (auto service = services.Find(name))
    return {.service = std::move(service), .token = services.TokenOf(name)};
  if (auto group = services.FindGroup(name))
    return {.group = std::move(group), .token = services.TokenOfGroup(name)};
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::string_view member = name.substr(std::min(dot + 1, name.size()));
  auto service = services.Find(member);
  if (service == nullptr || dot == 0 || service->group != name.substr(0, dot)) return {};
  return {.service = std::move(service), .token = services.TokenOf(member)};
}

Task<void> ServiceGateway::Impl::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  if (AsksForUpstreams(head.path()) || IsPreflight(head)) {
    http::Response response =
        AsksForUpstreams(head.path())
            ? UpstreamsAnswer(head, head.tls || options.secure, random->Uuid())
            : PreflightAnswer(head, random->Uuid());
    // A client that is gone needs no answer.
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
    co_return;
  }
  Call call = SplitTarget(head.target);
  Called called = Find(call.service);
  const auto proof = Credential(head, call.mount).Shows(called.token);
  if (proof == Credential::Proof::kNone) {
    co_return co_await Fail(
        exchange,
        Error(Code::kUnauthenticated, "There is no such service, or this is not its token."),
        false);
  }
  if (called.group) called.service = shares.Pick(*called.group);
  const directory::ServicePtr& service = called.service;
  if (service == nullptr) {
    co_return co_await Fail(
        exchange,
        Error(Code::kUnavailable, "No service of the group is ready. Try again soon.", "NoneReady"),
        false);
  }
  const directory::ServiceSpecPtr spec = services.SpecOf(service->name);
  if (spec == nullptr) {
    co_return co_await Fail(
        exchange, Error(Code::kUnavailable, "The service's configuration cannot be understood."),
        false, service.get());
  }
  const auto share =
      options.shares ? options.shares->Take(identity::HolderOf(service->owner)) : nullptr;
  if (options.shares && !share) {
    co_return co_await Fail(
        exchange,
        Error(Code::kResourceExhausted, "Too many requests to the owner's services are under way."),
        false, service.get());
  }
  if (!balancer.Admit(*service, *spec)) {
    co_return co_await Fail(
        exchange,
        Error(Code::kResourceExhausted, "The service's limit of requests a second is reached."),
        false, service.get());
  }
  if (proof != Credential::Proof::kSignature)
    co_return co_await Pass(exchange, nullptr, service, spec, std::move(call));
  CheckedBody checked(exchange, head.headers.Get("Content-MD5"));
  co_await Pass(exchange, &checked, service, spec, std::move(call));
}

void ServiceGateway::Impl::LogPassed(const http::RequestHead& head, const model::Replica& replica,
                                     int status, MonoTime start) {
  const auto took = clock.Mono() - start;
  std::optional<std::chrono::nanoseconds> answered_in;
  if (status != kGivenUpStatus) answered_in = took;
  Count(&replica.service, &replica.id, status, "", answered_in);
  const auto spent = std::chrono::duration_cast<Duration>(took);
  log.Info("service_request", {{"service", replica.service_name},
                               {"replica", replica.name},
                               {"method", head.method},
                               {"status", status},
                               {"ms", spent.count()}});
}

Task<void> ServiceGateway::Impl::Pass(http::Exchange& exchange, CheckedBody* checked,
                                      directory::ServicePtr service, directory::ServiceSpecPtr spec,
                                      Call call) {
  const MonoTime start = clock.Mono();
  const http::RequestHead& head = exchange.head();
  const bool limited = spec->keepalive.has_value();
  const Duration patience = spec->keepalive.value_or(options.upstream_timeout);
  const Balancer::WaitLimits waits{.turn = start + patience,
                                   .activation = start + std::max(patience, options.activation)};
  const Balancer::RequestGuard visit(balancer, service->id);
  // Before a replica is chosen: a slow client holds nobody's lease.
  Upload upload(exchange, checked);
  if (const Status begun = co_await upload.Begin(); !begun)
    co_return co_await Fail(exchange, OfClient(begun.error()), true, service.get());
  const Realm realm{.path = call.mount + "/", .mount = call.mount, .cross_origin = true};
  std::vector<model::InstanceId> tried;
  for (;;) {
    auto lease = co_await balancer.Take(service, spec, tried, waits,
                                        [&exchange] { return exchange.GivenUp(); });
    if (!lease && lease.error().code() == Code::kCancelled)
      co_return Count(&service->id, nullptr, kGivenUpStatus, "");
    if (!lease) co_return co_await Fail(exchange, lease.error(), limited, service.get());
    const model::InstanceId id = lease->replica().id;
    auto address = locate(id);
    Forwarded forwarded;
    if (address) {
      http::RequestHead request = ForUpstream(head, call.target, "", head.tls || options.secure);
      request.headers.Add("X-Forwarded-Prefix", call.mount);
      forwarded = co_await Forward(exchange, upload, client, *std::move(address),
                                   std::move(request), realm, patience, clock, traffic.flow);
    } else {
      forwarded.failure = Error(Code::kUnavailable, "The instance has just ended.");
      forwarded.not_sent = true;
    }
    if (forwarded.given_up) co_return LogPassed(head, lease->replica(), kGivenUpStatus, start);
    if (forwarded.by_client)
      co_return co_await Fail(exchange, OfClient(*forwarded.failure), true, service.get());
    if (forwarded.failure) {
      log.Info("service_unreachable",
               {{"replica", lease->replica().name}, {"error", forwarded.failure->ToString()}});
      const bool lost = forwarded.failure->code() == Code::kUnavailable;
      tried.push_back(id);
      if (tried.size() < kMaxTries && (forwarded.not_sent || (lost && MayRepeat(head)))) continue;
      co_return co_await Fail(exchange, OfReplica(forwarded), limited, service.get(), &id);
    }
    LogPassed(head, lease->replica(), forwarded.status, start);
    if (forwarded.client) co_await OpenTunnel(std::move(forwarded), service, id);
    co_return;
  }
}

Task<void> ServiceGateway::Impl::OpenTunnel(Forwarded forwarded, directory::ServicePtr service,
                                            model::InstanceId id) {
  // Whoever was let in by a token that has been changed since is out.
  const auto still_allowed = [this, name = service->name, token = services.TokenOf(service->name),
                              id] {
    return services.Find(name) != nullptr && services.TokenOf(name) == token &&
           services.FindReplica(id) != nullptr;
  };
  co_await Tunnel(
      std::move(forwarded.client), std::move(forwarded.upstream),
      {.idle = options.tunnel_idle, .linger = options.tunnel_linger, .check_every = kTunnelCheck},
      still_allowed, clock, traffic);
}

ServiceGateway::ServiceGateway(const directory::ServiceDirectory& services, http::Client& client,
                               ReplicaLocator locate, Clock& clock, Logger& log,
                               ServiceGatewayOptions options)
    : impl_(new Impl{
          .services = services,
          .client = client,
          .locate = std::move(locate),
          .clock = clock,
          .log = log,
          .options = options,
          .balancer = Balancer(services, clock, std::move(options.wanted), options.history),
          .shares = WeightedRoundRobin(services),
          .random = MakeSystemRandom()}) {}

ServiceGateway::~ServiceGateway() = default;

Task<void> ServiceGateway::Handle(http::Exchange& exchange) { return impl_->Handle(exchange); }

http::Response ServiceGateway::Refuse(const Error& error) {
  return Refusal(error, impl_->random->Uuid());
}

bool ServiceGateway::Owns(std::string_view path) {
  return path.starts_with(kRoot) || AsksForUpstreams(path);
}

void ServiceGateway::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    if (change.record.kind == store::Kind::kService) {
      if (const auto service = impl_->services.Find(change.record.key))
        impl_->balancer.Recheck(service->id);
    } else if (change.record.kind == store::Kind::kServiceReplica) {
      if (const auto replica = impl_->services.FindReplica(model::InstanceId(change.record.key)))
        impl_->balancer.Recheck(replica->service);
    }
  }
}

const Traffic& ServiceGateway::traffic() const { return impl_->traffic; }

void ServiceGateway::AppendMetrics(std::string& out) const {
  impl_->metrics.AppendText(out, impl_->balancer);
}

model::ServiceTraffic ServiceGateway::TrafficOf(const model::ServiceId& id) const {
  return impl_->balancer.TrafficOf(id);
}

int ServiceGateway::InFlight(const model::InstanceId& id) const {
  return impl_->balancer.InFlight(id);
}

}  // namespace atelier::gateway
