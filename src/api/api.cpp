#include "api/api.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/browser/browser_gate.h"
#include "api/browser/sign_in.h"
#include "api/dsw/list_items.h"
#include "api/envelope.h"
#include "api/errors.h"
#include "api/framework/cluster.h"
#include "api/framework/metrics.h"
#include "api/framework/openapi.h"
#include "api/framework/params.h"
#include "api/framework/ram_gate.h"
#include "api/framework/recent_sign_in.h"
#include "api/framework/request_view.h"
#include "api/framework/router.h"
#include "api/framework/served.h"
#include "api/operation.h"
#include "api/operator/bulk_judge.h"
#include "api/world.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/log_sampler.h"
#include "base/loop_watch.h"
#include "base/optional_mutex.h"
#include "base/places.h"
#include "base/random.h"
#include "base/text.h"
#include "base/text_hash.h"
#include "control/dsw/reconciler.h"
#include "directory/directory.h"
#include "http/origin.h"
#include "identity/authenticator.h"
#include "identity/identity_directory.h"
#include "identity/key_uses.h"
#include "identity/sessions.h"
#include "store/mark.h"
#include "store/store.h"

namespace atelier::api {

namespace {

/// Of encoded instances that are kept for the next lists, by all threads: some tens of thousands.
constexpr std::size_t kListItemsBytes = 96U << 20U;
/// For a form to arrive, of which nobody knows yet whose it is.
constexpr Duration kFormTimeout{5'000};
constexpr std::size_t kMaxHoldersKept = 1024;  // without a request under way
/// Who has this many times what is left for all others gets no more.
constexpr int kMostOfRest = 7;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

/// Empty when it holds anything that has no place in a host name, because it is echoed and put into
/// URLs.
std::string_view CleanHost(std::string_view host) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
  return host.find_first_not_of(kAllowed) == std::string_view::npos ? host : std::string_view();
}

/// Host as the client meant it: the Python client sends a whole URL there
/// (docs/contract/signing.md).
std::string_view HostOf(const http::RequestHead& head) {
  std::string_view host = head.headers.Get("Host");
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (host.starts_with(scheme)) host.remove_prefix(scheme.size());
  }
  return CleanHost(host);
}

Error ApiNotFound() {
  return {Code::kNotFound, "Specified api is not found, please check your url and method.",
          "InvalidAction.NotFound"};
}

Error TemporaryFailure() {
  return {Code::kUnavailable, "The request has failed due to a temporary failure of the server."};
}

/// The action or the version, from where the request's signature covers it.
std::string_view SignedName(const http::RequestHead& head, std::string_view body,
                            const RawParams& params, std::string_view header,
                            std::string_view parameter) {
  const std::string_view name = head.headers.Get(header);
  if (name.empty() || identity::Authenticator::SignsParametersOnly(ViewOf(head, body)))
    return FirstValue(params, parameter);
  return name;
}

/// ROA style has its version in a header that is signed, and its name in the path.
Asked AskedFor(const http::RequestHead& head, std::string_view body, const RawParams& params) {
  if (head.path() != "/") return {.action = "", .version = head.headers.Get("x-acs-version")};
  return {.action = SignedName(head, body, params, "x-acs-action", "Action"),
          .version = SignedName(head, body, params, "x-acs-version", "Version")};
}

/// Clients that send a '+' in a path sign a blank (docs/contract/signing.md section 2.4), so it is
/// one: what was signed as a blank cannot be sent as another text.
std::string PlusAsBlank(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (const char c : path) c == '+' ? out.append("%20") : out.append(1, c);
  return out;
}

/// What the HTTP layer found wrong with a body, named for the error table.
Error BodyError(const Error& error) {
  switch (error.code()) {
    case Code::kResourceExhausted:
      return {Code::kResourceExhausted, "The request body is too large.", "BodyTooLarge"};
    case Code::kDeadlineExceeded:
      return {Code::kDeadlineExceeded, "The request body did not arrive in time.",
              "RequestTimeout"};
    default:
      return error;
  }
}

}  // namespace

struct Api::Impl {
  /// What becomes of one request, for the log line and the counters.
  struct Call {
    MonoTime began;
    std::string request_id;
    const Operation* operation = nullptr;
    Product product = Product::kAtelier;  // shapes errors before there is an operation
    identity::CallerPtr caller;           // nullptr: nobody is known
    RamGate gate;
    std::string code = "OK";
    http::Headers headers = {};  // memory for those of the answer
    std::optional<bool> logged = {};
  };

  /// Counts a request whose caller is known as long as it lives: in all, and by whom.
  class RequestPermit {
   public:
    explicit RequestPermit(Impl& impl) : impl_(impl) {}
    RequestPermit(const RequestPermit&) = delete;
    RequestPermit& operator=(const RequestPermit&) = delete;
    ~RequestPermit() {
      if (mine_ == nullptr) return;
      const std::scoped_lock lock(impl_.permits);
      --impl_.under_way;
      if (--mine_->second == 0 && impl_.by_holder.size() > kMaxHoldersKept)
        impl_.by_holder.erase(mine_->first);
    }
    bool claimed() const { return mine_ != nullptr; }
    /// Unavailable: all places are taken. Throttling.User: this one has its share of them.
    Status Claim(std::string_view holder) {
      const std::scoped_lock lock(impl_.permits);
      if (impl_.under_way >= impl_.options.max_requests_under_way) return TemporaryFailure();
      auto found = impl_.by_holder.find(holder);
      if (found == impl_.by_holder.end()) found = impl_.by_holder.emplace(holder, 0).first;
      auto& places = *found;
      const int left = impl_.options.max_requests_under_way - impl_.under_way;
      if (places.second >= std::min(impl_.options.max_requests_per_holder, kMostOfRest * left)) {
        if (places.second == 0) impl_.by_holder.erase(found);
        return Error(Code::kResourceExhausted, "Request was denied due to user flow control.",
                     "Throttling.User");
      }
      ++places.second;
      ++impl_.under_way;
      mine_ = &places;
      return Ok();
    }

   private:
    Impl& impl_;
    std::pair<const std::string, int>* mine_ = nullptr;  // nodes stay where they are
  };

  Impl(Services s, Options o)
      : services(s),
        options(std::move(o)),
        router(Operations()),
        metrics(options.threads > 1),
        permits(options.threads > 1),
        forms(static_cast<std::size_t>(options.max_unsigned_forms), services.real_clock),
        sampler(services.log, services.real_clock),
        browsers(services.sessions, options.public_url),
        sign_in(services, browsers, options) {
    for (std::size_t i = 0; i < options.threads; ++i) {
      lanes.push_back(
          std::make_unique<Lane>(i == 0 ? nullptr : services.authenticator.ForAnotherThread(),
                                 services.authenticator, kListItemsBytes / options.threads));
    }
    services.dsw.bulk_jobs.SetJudge(MakeBulkJudge(services, options));
  }

  /// What one thread keeps for itself of requests it has answered.
  struct Lane {
    Lane(std::unique_ptr<identity::Authenticator> of_its_own, identity::Authenticator& first,
         std::size_t budget)
        : own(std::move(of_its_own)),
          authenticator(own != nullptr ? *own : first),
          list_items(budget) {}

    const std::unique_ptr<identity::Authenticator> own;  // nullptr: the first is this one's
    identity::Authenticator& authenticator;
    ListItems list_items;
  };

  /// A request on its way to its handler.
  struct Asking {
    RawParams params;
    Result<Router::Match> match;  // of a form: a guess, until it is there
    bool by_session = false;      // of a browser, and not by a signature
    bool is_form = false;
    std::string body = {};
    std::optional<identity::SignedHead> signed_head = {};  // of one that waited for its body
  };

  Asking Begin(const http::RequestHead& head, Call& call) const;
  Task<Status> Receive(http::Exchange& exchange, Asking& asking, Call& call, RequestPermit& permit);
  Result<Context> Prepare(http::Exchange& exchange, Asking& asking, Call& call,
                          RequestPermit& permit, Lane& lane);
  Result<identity::CallerPtr> Identify(const http::RequestHead& head, const Asking& asking,
                                       Lane& lane) const;
  static bool ForAnyThread(const http::RequestHead& head, const Asking& asking);
  static Result<std::string> IfAsked(Result<std::string> answer, const Call& call);
  static Result<std::string> RunAtOnce(const Operation& operation, Context& context,
                                       const Call& call);
  http::Response Render(Result<std::string> answer, const http::RequestHead& head, Call& call);
  Task<http::Response> SignInPage(http::Exchange& exchange, Call& call);
  Task<Result<http::Response>> AnswerSignIn(http::Exchange& exchange, Call& call);
  Task<Result<std::string>> UnsignedForm(http::Exchange& exchange);
  Result<identity::SignedHead> CheckHead(const http::RequestHead& head,
                                         RequestPermit& permit) const;
  /// Of a key that has just signed (identity::HolderOf); good until the next change of the
  /// identities.
  std::string_view HolderOfKey(std::string_view key_id) const {
    const identity::KeyEntry* entry = services.identities.FindKey(key_id);
    return entry == nullptr ? key_id : std::string_view(entry->holder);
  }
  Status AdmitBrowser(const http::RequestHead& head, const Result<Router::Match>& match, Call& call,
                      RequestPermit& permit) const;
  std::optional<http::Response> OperationalPage(const http::RequestHead& head,
                                                std::string_view request_id);
  http::Response ReadyPage(std::string_view request_id) const;
  http::Response Metrics(const http::RequestHead& head, std::string_view request_id);
  Result<Router::Match> Route(const http::RequestHead& head, std::string_view body,
                              const RawParams& params) const;
  Status Enforce(const Result<Router::Match>& match, const Asked& asked, Call& call) const;
  bool Logs(Call& call);
  void Log(const http::RequestHead& head, Call& call, const http::Response& response);
  std::string UrlBase(const http::RequestHead& head, bool by_session) const;
  std::string AppsApart(std::string_view url_base) const;

  Services services;
  Options options;
  Router router;
  std::vector<std::unique_ptr<Lane>> lanes;  // one a thread; the first is the control thread's
  RequestMetrics metrics;
  std::string openapi;    // made when first asked for
  OptionalMutex permits;  // guards the next two
  /// Those of nobody stay, up to a bound: most come again at once.
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> by_holder;
  int under_way = 0;
  Places forms;  // of the unsigned ones that are still arriving
  LogSampler sampler;
  BrowserGate browsers;
  SignIn sign_in;
  std::atomic<bool> ready = false;
};

Api::Api(Services services, Options options)
    : impl_(std::make_unique<Impl>(services, std::move(options))) {}

Api::~Api() { impl_->sampler.TellRest(); }

void Api::SetReady() { impl_->ready = true; }
bool Api::ready() const { return impl_->ready; }

Task<void> Api::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  Impl::Call call;
  call.began = impl_->services.real_clock.Mono();
  call.request_id = impl_->services.random.Uuid();
  std::optional<http::Response> response = impl_->OperationalPage(head, call.request_id);
  if (!response && SignIn::Owns(head.path())) {
    response = co_await impl_->SignInPage(exchange, call);
  } else if (!response) {
    Impl::RequestPermit permit(*impl_);
    Impl::Asking asking = impl_->Begin(head, call);
    Result<std::string> answer = std::string();
    // What a request with a body or a session needs more is a coroutine of its own: most have none.
    if (impl_->ready && (asking.is_form || asking.by_session || head.has_body())) {
      if (Status received = co_await impl_->Receive(exchange, asking, call, permit); !received)
        answer = std::move(received).error();
    }
    if (answer) {
      if (auto context = impl_->Prepare(exchange, asking, call, permit, *impl_->lanes.front())) {
        const Operation& operation = *call.operation;
        if (operation.handler.run_at_once != nullptr)
          answer = Impl::RunAtOnce(operation, *context, call);
        else
          answer = Impl::IfAsked(co_await operation.handler.run(*context), call);
      } else {
        answer = std::move(context).error();
      }
    }
    response = impl_->Render(std::move(answer), head, call);
  }
  impl_->Log(head, call, *response);
  // A client that left before its answer is no fault of ours, and the request is in the log
  // already.
  static_cast<void>(co_await exchange.Send(*std::move(response)));
}

std::optional<http::Response> Api::AnswerAtOnce(http::Exchange& exchange, std::size_t thread) {
  Impl& impl = *impl_;
  if (!impl.ready || impl.services.world == nullptr) return std::nullopt;
  const http::RequestHead& head = exchange.head();
  Impl::Call call;
  call.began = impl.services.real_clock.Mono();
  Impl::Asking asking = impl.Begin(head, call);
  if (!Impl::ForAnyThread(head, asking)) return std::nullopt;
  call.request_id = impl.services.random.Uuid();
  const World::Reading reading = impl.services.world->Read();
  Result<std::string> answer = std::string();
  {
    Impl::RequestPermit permit(impl);
    auto context = impl.Prepare(exchange, asking, call, permit, *impl.lanes.at(thread));
    answer = context ? Impl::RunAtOnce(*call.operation, *context, call)
                     : Result<std::string>(std::move(context).error());
  }
  http::Response response = impl.Render(std::move(answer), head, call);
  impl.Log(head, call, response);
  return response;
}

http::Response Api::Refuse(const Error& error) {
  const std::string request_id = impl_->services.random.Uuid();
  const bool header = error.code() == Code::kResourceExhausted;
  const bool late = error.code() == Code::kDeadlineExceeded;
  const std::string_view reason = header ? "HeaderTooLarge" : late ? "RequestTimeout" : "";
  const Error named(error.code(), error.message(), std::string(reason));
  const std::string_view code = RowFor(named, Product::kAtelier).wire_code;
  impl_->metrics.Record(nullptr, code, {});
  http::Response response = RenderError(named, Product::kAtelier, request_id, "");
  if (!impl_->sampler.Admit(fmt::format("refused.{}", code))) return response;
  impl_->services.log.Info("request.refused", {{"status", response.status},
                                               {"code", code},
                                               {"why", error.message()},
                                               {"request_id", request_id}});
  return response;
}

bool Api::AnswersWhenFull(const http::RequestHead& head) const {
  return (head.method == "GET" || head.method == "HEAD") &&
         (head.path() == "/healthz" || head.path() == "/readyz");
}

/// Whether every thread may answer it: its handler says so, and there is neither a body to wait for
/// nor a session to note the use of.
bool Api::Impl::ForAnyThread(const http::RequestHead& head, const Asking& asking) {
  return asking.match && asking.match->operation->handler.anywhere && !asking.by_session &&
         !asking.is_form && !head.has_body();
}

/// What a handler gave, unless it forgot the gate.
Result<std::string> Api::Impl::IfAsked(Result<std::string> answer, const Call& call) {
  if (answer && call.gate.forgotten())
    return Error(Code::kInternal, "A handler with enforces_ram did not ask the RAM gate.");
  return answer;
}

Result<std::string> Api::Impl::RunAtOnce(const Operation& operation, Context& context,
                                         const Call& call) {
  const LoopWatch::Work work(operation.name);
  return IfAsked(operation.handler.run_at_once(context), call);
}

http::Response Api::Impl::Render(Result<std::string> answer, const http::RequestHead& head,
                                 Call& call) {
  if (answer) {
    http::Response response =
        JsonResponse(200, *std::move(answer), call.request_id, std::move(call.headers));
    if (call.caller != nullptr && !call.caller->session.empty())
      response.headers.Add("Cache-Control", "no-store");
    return response;
  }
  const ErrorRow& row = RowFor(answer.error(), call.product);
  call.code = row.wire_code;
  if (row.http_status >= 500 && Logs(call)) {
    services.log.Error("request.failed",
                       {{"request_id", call.request_id}, {"error", answer.error().ToString()}});
  }
  std::optional<AccessDenial> denial;
  if (const std::optional<RamGate::Denial>& why = call.gate.denial()) {
    denial.emplace(
        AccessDenial{.caller = *call.caller, .decision = why->decision, .action = why->action});
  }
  return RenderError(answer.error(), call.product, call.request_id, HostOf(head),
                     denial ? &*denial : nullptr);
}

/// A form may hold its own signature, so it is read before anybody is known: small, few at once,
/// and not for long.
Task<Result<std::string>> Api::Impl::UnsignedForm(http::Exchange& exchange) {
  constexpr std::size_t kMaxForm = 64U << 10U;
  const std::string source = http::NetworkOf(exchange.head().source_ip);
  if (forms.full() && !forms.MakeRoom(source)) co_return TemporaryFailure();
  Places::Holder permit(forms, source, [&exchange] { exchange.Cut(); });
  permit.Set(Places::Doing::kSlowAsk);
  co_return co_await exchange.ReadBodyBy(std::min(kMaxForm, options.max_body_bytes),
                                         services.real_clock.In(kFormTimeout));
}

Task<http::Response> Api::Impl::SignInPage(http::Exchange& exchange, Call& call) {
  auto page = co_await AnswerSignIn(exchange, call);
  if (!page) co_return Render(std::move(page).error(), exchange.head(), call);
  if (page->status == 401) call.code = "InvalidSession";
  co_return *std::move(page);
}

/// Who signs in is not known before the body is read: as a form that holds its signature.
Task<Result<http::Response>> Api::Impl::AnswerSignIn(http::Exchange& exchange, Call& call) {
  if (!ready) co_return TemporaryFailure();
  const http::RequestHead& head = exchange.head();
  ATELIER_CO_RETURN_IF_ERROR(sign_in.Check(head));
  Result<std::string> body;
  if (SignIn::TakesBody(head.path())) body = co_await UnsignedForm(exchange);
  if (!body) co_return BodyError(body.error());
  co_return co_await sign_in.Answer({.head = head,
                                     .request_id = call.request_id,
                                     .body = *std::move(body),
                                     .caller = call.caller});
}

/// Before the body of a request is waited for, its page and its session are known.
Status Api::Impl::AdmitBrowser(const http::RequestHead& head, const Result<Router::Match>& match,
                               Call& call, RequestPermit& permit) const {
  const bool reads = head.method == "GET" || head.method == "HEAD";
  const bool changes = !reads || (match && match->operation->mutates);  // RPC style, with a GET
  ATELIER_RETURN_IF_ERROR(browsers.CheckPage(head, changes));
  ATELIER_TRY(call.caller, browsers.Identify(head));
  return permit.Claim(identity::HolderOf(call.caller->user));
}

/// Before the body of a request is waited for, its sender has shown a key and taken a permit.
Result<identity::SignedHead> Api::Impl::CheckHead(const http::RequestHead& head,
                                                  RequestPermit& permit) const {
  ATELIER_TRY(identity::SignedHead signed_head, services.authenticator.CheckHead(ViewOf(head, "")));
  ATELIER_RETURN_IF_ERROR(permit.Claim(HolderOfKey(signed_head.key_id)));
  return signed_head;
}

Api::Impl::Asking Api::Impl::Begin(const http::RequestHead& head, Call& call) const {
  RawParams params = ParseQuery(head.query());
  Result<Router::Match> match = Route(head, "", params);
  if (match) call.product = match->operation->product;
  const bool by_session = browsers.Owns(head);
  return {.params = std::move(params),
          .match = std::move(match),
          .by_session = by_session,
          .is_form = !by_session && head.path() == "/" &&
                     head.headers.Get("Content-Type").starts_with(kFormType)};
}

/// The body, and with a form what it asks for; of a browser also its session.
Task<Status> Api::Impl::Receive(http::Exchange& exchange, Asking& asking, Call& call,
                                RequestPermit& permit) {
  const http::RequestHead& head = exchange.head();
  Result<std::string> body;
  if (asking.by_session) {
    ATELIER_CO_RETURN_IF_ERROR(AdmitBrowser(head, asking.match, call, permit));
    if (head.has_body()) body = co_await exchange.ReadBody(options.max_body_bytes);
    co_await services.sessions.NoteUse(call.caller->session);
  } else if (asking.is_form && !head.headers.Has("Authorization")) {
    body = co_await UnsignedForm(exchange);
  } else if (head.has_body()) {
    auto checked = CheckHead(head, permit);
    if (!checked) co_return asking.is_form || asking.match ? checked.error() : asking.match.error();
    asking.signed_head = *std::move(checked);
    body = co_await exchange.ReadBody(options.max_body_bytes);
  }
  if (!body) co_return BodyError(body.error());
  asking.body = *std::move(body);
  if (asking.is_form) {
    const RawParams fields = ParseQuery(asking.body);
    asking.params.insert(asking.params.end(), fields.begin(), fields.end());
    asking.match = Route(head, asking.body, asking.params);
  }
  co_return Ok();
}

Result<identity::CallerPtr> Api::Impl::Identify(const http::RequestHead& head, const Asking& asking,
                                                Lane& lane) const {
  if (asking.by_session) return browsers.Identify(head);  // again: the body took its time
  const identity::RequestView whole = ViewOf(head, asking.body);
  return asking.signed_head ? lane.authenticator.Admit(*asking.signed_head, whole)
                            : lane.authenticator.Verify(whole);
}

/// Everything before the handler, of a request that is there as a whole. The order of checks is
/// that of docs/contract/errors.md section 5; what the handler checks comes last.
Result<Context> Api::Impl::Prepare(http::Exchange& exchange, Asking& asking, Call& call,
                                   RequestPermit& permit, Lane& lane) {
  const http::RequestHead& head = exchange.head();
  if (!ready) return TemporaryFailure();
  const Asked asked = AskedFor(head, asking.body, asking.params);
  if (Status enforced = Enforce(asking.match, asked, call); !enforced) {
    // Strangers learn nothing about this server; who has a key is told what it speaks.
    Result<identity::CallerPtr> caller = Identify(head, asking, lane);
    if (!caller) return std::move(enforced).error();
    call.caller = *std::move(caller);
    return NotServed(asked, enforced.error());
  }
  const Operation& operation = *asking.match->operation;
  RawParams& path = asking.match->path;
  ATELIER_TRY(call.caller, Identify(head, asking, lane));
  services.key_uses.Note(*call.caller, ProductName(operation.product));
  if (!permit.claimed())
    ATELIER_RETURN_IF_ERROR(permit.Claim(identity::HolderOf(call.caller->user)));
  if (identity::Authenticator::JoinsRepeated(ViewOf(head, asking.body)))
    JoinRepeated(asking.params);
  NameRegion(path, options);
  ATELIER_RETURN_IF_ERROR(CheckSignedInLately(services, operation, *call.caller));
  ATELIER_RETURN_IF_ERROR(
      Authorise(services, options, {operation, *call.caller, path, asking.params}, call.gate));
  if (operation.handler == nullptr) return Refusal(operation);
  ATELIER_TRY(ArgValues args, DecodeArgs(operation.params(), path, asking.params));
  ATELIER_RETURN_IF_ERROR(InThisRegion(operation, path, options));
  http::Response spare = exchange.Spare();
  call.headers = std::move(spare.headers);
  std::string url_base = UrlBase(head, asking.by_session);
  std::string apart = AppsApart(url_base);
  return Context{.services = services,
                 .dsw = services.dsw,
                 .eas = services.eas,
                 .airec = services.airec,
                 .options = options,
                 .caller = *call.caller,
                 .gate = call.gate,
                 .request_id = call.request_id,
                 .operation = operation.name,
                 .form = operation.form,
                 .access = operation.second_gate.access,
                 .head = head,
                 .args = std::move(args),
                 .body = std::move(asking.body),
                 .url_base = std::move(url_base),
                 .apart = std::move(apart),
                 .buffer = std::move(spare.body),
                 .list_items = lane.list_items};
}

/// Empty when the request names no host that a URL may have: then URLs are empty too. A Host that
/// is not signed may be anybody's, and links would lead to them: there the address stands for it
/// that the connection has reached.
std::string Api::Impl::UrlBase(const http::RequestHead& head, bool by_session) const {
  if (!options.public_url.empty()) return options.public_url;
  // A browser says where it is; pages cannot choose it.
  const bool host_is_sure = by_session || identity::Authenticator::SignsHost(ViewOf(head, ""));
  const std::string_view host = host_is_sure ? HostOf(head) : CleanHost(head.own_address);
  if (host.empty()) return "";
  std::string base;
  base.reserve(sizeof("https://") + host.size());
  base.append(head.tls ? "https://" : "http://").append(host);
  return base;
}

/// Empty: notebooks and services are at the same address.
std::string Api::Impl::AppsApart(std::string_view url_base) const {
  if (!options.apps_url.empty()) return options.apps_url;
  const std::uint16_t port = options.apps_port();
  const auto origin = port == 0 ? std::nullopt : http::ParseOrigin(url_base);
  return origin ? fmt::format("{}://{}:{}", origin->scheme, origin->host, port) : "";
}

Result<Router::Match> Api::Impl::Route(const http::RequestHead& head, std::string_view body,
                                       const RawParams& params) const {
  const Asked asked = AskedFor(head, body, params);
  if (head.path() != "/") {
    const bool plus = head.path().find('+') != std::string_view::npos;
    const std::string with_blanks = plus ? PlusAsBlank(head.path()) : std::string();
    auto match = router.Find(head.method, plus ? with_blanks : head.path(), asked.version);
    if (!match) return ApiNotFound();
    return *std::move(match);
  }
  const Operation* operation = router.FindRpc(asked.action, asked.version);
  if (operation == nullptr) return ApiNotFound();
  return Router::Match{.operation = operation, .path = {}};
}

/// Of the row that was found: what the request counts as, and whether it is in the version asked
/// for.
Status Api::Impl::Enforce(const Result<Router::Match>& match, const Asked& asked,
                          Call& call) const {
  if (!match) return match.error();
  const Operation& operation = *match->operation;
  call.operation = &operation;
  call.product = operation.product;
  if (asked.version.empty() || operation.version.empty() || asked.version == operation.version)
    return Ok();
  return Error(Code::kInvalidArgument, "Specified parameter Version is not valid.",
               "InvalidVersion");
}

std::optional<http::Response> Api::Impl::OperationalPage(const http::RequestHead& head,
                                                         std::string_view request_id) {
  if (head.method != "GET" && head.method != "HEAD") return std::nullopt;
  const std::string_view path = head.path();
  if (path == "/healthz") return JsonResponse(200, R"({"Status":"ok"})", request_id);
  if (path == "/readyz") return ReadyPage(request_id);
  if (path == "/openapi.json") {
    if (openapi.empty()) openapi = OpenApiDocument();
    http::Response page = JsonResponse(200, "", request_id);
    page.shared = openapi;
    return page;
  }
  if (path == "/metrics") return Metrics(head, request_id);
  return std::nullopt;
}

/// Without Authorization: what tells nothing of anybody. Prometheus presents the token.
http::Response Api::Impl::Metrics(const http::RequestHead& head, std::string_view request_id) {
  const std::string_view shown = head.headers.Get("Authorization");
  const std::string_view token = AfterScheme(shown, "Bearer").value_or(shown);
  const std::string& right = options.metrics_token;
  const bool named = !right.empty() && ConstantTimeEqual(token, right);
  if (!named && !token.empty()) {
    return JsonResponse(
        401, R"({"Code":"Unauthorized","Message":"This is not the token of the metrics."})",
        request_id);
  }
  const int requests = [this] {
    const std::scoped_lock lock(permits);
    return under_way;
  }();
  http::Response page{.status = 200,
                      .headers = {},
                      .body = MetricsPage(metrics, services, options, requests, ready, named)};
  page.headers.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return page;
}

http::Response Api::Impl::ReadyPage(std::string_view request_id) const {
  const store::Health health = services.store.GetHealth();
  std::string why_not;
  if (!ready)
    why_not = options.why_not_ready();
  else if (!health.writable)
    why_not = health.why_not;
  else
    why_not = services.authenticator.WhyNot();
  std::string body =
      why_not.empty() ? R"({"Status":"ready","Reason":)" : R"({"Status":"not ready","Reason":)";
  AppendJsonString(body, why_not);
  body += fmt::format(R"(,"Orphans":{},"StoreWentBack":)", services.workloads.orphans());
  const bool went_back = ready && services.mark != nullptr && services.mark->report();
  AppendJsonString(body, went_back ? store::Text(*services.mark->report()) : std::string());
  body += R"(,"Warnings":[)";
  for (const runtime::Control& control : options.controls) {
    if (control.on) continue;
    if (!body.ends_with('[')) body += ',';
    AppendJsonString(body, fmt::format("{}: {} {}", control.name, control.effect, control.remedy));
  }
  body += "]}";
  return JsonResponse(why_not.empty() ? 200 : 503, std::move(body), request_id);
}

/// Of strangers' requests a sample: they could fill the disk with the lines.
bool Api::Impl::Logs(Call& call) {
  if (!call.logged) call.logged = call.caller != nullptr || sampler.Admit(call.code);
  sampler.Tick();
  return *call.logged;
}

void Api::Impl::Log(const http::RequestHead& head, Call& call, const http::Response& response) {
  const auto took = services.real_clock.Mono() - call.began;
  metrics.Record(call.operation, call.code, took);
  if (!Logs(call)) return;
  // The path but never the query: it may hold a sharing token.
  services.log.Info(
      "request",
      {{"operation", call.operation == nullptr ? std::string_view("-") : call.operation->name},
       {"method", head.method},
       {"path", head.path()},
       {"status", response.status},
       {"code", call.code},
       {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
       {"bytes", response.content().size()},
       {"request_id", call.request_id},
       {"caller", call.caller == nullptr ? std::string_view() : call.caller->arn},
       {"ip", head.source_ip}});
}

}  // namespace atelier::api
