#include "serve/wiring/webhook.h"

#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "http/origin.h"
#include "model/instance.h"

namespace atelier::serve {

namespace {

namespace json = boost::json;

constexpr int kTries = 5;
constexpr Duration kFirstPause{1'000};  // each of the next is three times as long: 40 s in all
constexpr Duration kAnswerWithin{10'000};
constexpr Duration kStopWithin{5'000};
constexpr std::size_t kMaxAnswer = 64U << 10U;
constexpr std::size_t kMinSecret = 16;
constexpr std::size_t kMaxSecret = 4096;

/// Whether it is worth another try: nothing was answered, or what passes.
bool MayPassLater(int status) { return status >= 500 || status == 408 || status == 429; }

}  // namespace

Result<WebhookTarget> ParseWebhook(const std::string& url, const std::string& secret_file) {
  auto parts = http::ParseUrl(url);
  if (!parts) {
    return Error(Code::kInvalidArgument,
                 fmt::format("webhook must be a URL such as https://host/path, not '{}'.", url));
  }
  WebhookTarget target{.address = http::AddressOf(parts->origin),
                       .host = std::move(parts->authority),
                       .path = std::move(parts->target),
                       .secret = ReadWholeFile(secret_file, kMaxSecret).value_or("")};
  while (!target.secret.empty() && (target.secret.back() == '\n' || target.secret.back() == '\r'))
    target.secret.pop_back();
  if (target.secret.size() < kMinSecret) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("webhook-secret-file must name a file with a secret of {} to {} bytes; "
                    "'{}' is none.",
                    kMinSecret, kMaxSecret, secret_file));
  }
  return target;
}

Webhook::Webhook(WebhookTarget target, const directory::InstanceDirectory& instances,
                 http::Client& client, Clock& clock, Random& random, Logger& log,
                 asio::any_io_executor io)
    : target_(std::move(target)),
      instances_(instances),
      client_(client),
      clock_(clock),
      random_(random),
      log_(log),
      io_(std::move(io)),
      ending_(io_) {}

void Webhook::Apply(std::span<const store::Change> changes) {
  if (gate_.closed()) return;
  for (const store::Change& change : changes) {
    if (change.op == store::Write::Op::kPut && change.record.kind == store::Kind::kEvent)
      Put(change.record);
  }
  if (waiting_.empty() || std::exchange(running_, true)) return;
  if (auto pass = gate_.Enter()) Spawn(io_, "webhook", Run(std::move(pass)));
}

void Webhook::Put(const store::Record& record) {
  const auto event = FromRecord<model::Event>(record.body);
  const std::string id = record.key.substr(0, record.key.find('/'));
  const directory::InstancePtr instance = instances_.Find(model::InstanceId(id));
  if (!event || instance == nullptr) return;  // gone since
  if (waiting_.size() == kMaxWaiting) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back({.id = record.key,
                      .body = json::serialize(json::object{
                          {"Id", record.key},
                          {"Type", "InstanceEvent"},
                          {"Time", FormatSeconds(event->time)},
                          {"Level", EnumName(event->level)},
                          {"Message", event->message},
                          {"InstanceId", id},
                          {"InstanceName", instance->name},
                          {"Status", EnumName(instance->status)},
                          {"WorkspaceId", instance->workspace.str()},
                          {"UserId", instance->owner.str()},
                      })});
}

Task<void> Webhook::Run(Gate::Pass /*pass*/) {
  while (!waiting_.empty() && !gate_.closed()) {
    if (const std::size_t dropped = std::exchange(dropped_, 0); dropped > 0)
      log_.Warn("webhook.dropped", {{"events", dropped}});
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    co_await Deliver(std::move(call));
  }
  running_ = false;
}

Task<void> Webhook::Deliver(Call call) {
  Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt, pause *= 3) {
    const Status sent = co_await Send(call);
    if (sent || gate_.closed()) co_return;
    const bool last = attempt == kTries || sent.error().code() == Code::kInvalidArgument;
    if (last) {
      log_.Warn("webhook.failed", {{"event", call.id}, {"error", sent.error().ToString()}});
      co_return;
    }
    // By a jitter of a quarter, so that several servers do not call together.
    std::array<std::uint8_t, 1> chance{};
    random_.Fill(chance);
    const Duration jittered = pause + pause * chance[0] / (4 * 256);
    if (co_await ending_.Wait(clock_, clock_.In(jittered))) co_return;
  }
}

Task<Status> Webhook::Send(const Call& call) {
  const std::string time = FormatSeconds(clock_.Wall());
  http::RequestHead head;
  head.method = "POST";
  head.target = target_.path;
  head.headers.Add("Host", target_.host);
  head.headers.Add("Content-Type", "application/json");
  head.headers.Add("User-Agent", "atelier");
  head.headers.Add("X-Atelier-Time", time);
  head.headers.Add("X-Atelier-Signature",
                   "sha256=" + Hex(HmacSha256(target_.secret, time + "\n" + call.body)));
  head.headers.Add("Content-Length", std::to_string(call.body.size()));
  ATELIER_CO_TRY(const http::Response answer,
                 co_await client_.Fetch(target_.address, std::move(head), call.body, kMaxAnswer,
                                        clock_.In(kAnswerWithin)));
  if (answer.status >= 200 && answer.status < 300) co_return Ok();
  co_return Error(MayPassLater(answer.status) ? Code::kUnavailable : Code::kInvalidArgument,
                  fmt::format("it answered {}", answer.status));
}

Task<void> Webhook::Stop() {
  gate_.Close();
  ending_.Set();
  waiting_.clear();
  if (!co_await gate_.Drain(clock_, clock_.In(kStopWithin))) log_.Warn("webhook.stop_incomplete");
}

}  // namespace atelier::serve
