#include "api/live_feed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include "api/browser/browser_gate.h"
#include "api/errors.h"
#include "api/framework/ram_gate.h"
#include "api/framework/request_view.h"
#include "api/operation.h"
#include "base/codec.h"
#include "base/fnv.h"
#include "base/text.h"
#include "identity/policy.h"
#include "identity/recheck.h"
#include "identity/workspace_gate.h"

namespace atelier::api {

namespace {

using directory::RecentChange;
using directory::Topic;

/// A browser that hears nothing for twice as long connects again (web/src/live).
constexpr std::chrono::seconds kBeatEvery{20};
/// Between two frames; what changes meanwhile is told at once.
constexpr Duration kPause{200};
/// Of changes in a frame: who missed more looks at everything.
constexpr std::size_t kMostNews = 256;
/// Browsers whose streams end together come back within these milliseconds, not at once.
constexpr int kRetryFromMs = 1000;
constexpr int kRetrySpanMs = 4000;

/// The operation that lists all of a topic.
const Operation& ListOf(Topic topic) {
  static const std::array<const Operation*, directory::kTopicCount> kLists = {
      FindByAction("paidsw:ListInstances"), FindByAction("eas:ListServices"),
      FindByAction("airec:ListInstance"), FindByAction("paiworkspace:ListWorkspaces")};
  return *kLists[static_cast<std::size_t>(topic)];
}

std::string_view NameOf(Topic topic) {
  static constexpr std::array<std::string_view, directory::kTopicCount> kNames = {
      "Instance", "Service", "Recommender", "Workspace"};
  return kNames[static_cast<std::size_t>(topic)];
}

void AppendNews(std::string& out, const std::vector<const RecentChange*>& news) {
  out += R"({"Changes":[)";
  for (const RecentChange* change : news) {
    if (!out.ends_with('[')) out += ',';
    fmt::format_to(std::back_inserter(out), R"({{"Kind":"{}","Id":)", NameOf(change->topic));
    AppendJsonString(out, change->id);
    fmt::format_to(std::back_inserter(out), R"(,"Revision":{}}})", change->revision);
  }
  out += "]}";
}

}  // namespace

LiveFeed::Place::Place(LiveFeed& feed, std::string_view holder)
    : feed_(feed), mine_(feed.by_holder_.try_emplace(std::string(holder), 0).first) {
  ++mine_->second;
  ++feed_.streams_;
}

LiveFeed::Place::~Place() {
  --feed_.streams_;
  if (--mine_->second == 0) feed_.by_holder_.erase(mine_);
}

LiveFeed::LiveFeed(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      browsers_(std::make_unique<const BrowserGate>(parts.sessions, options_.public_url)),
      sampler_(parts.log, parts.real_clock) {}

LiveFeed::~LiveFeed() = default;

bool LiveFeed::Owns(std::string_view path) { return path == "/atelier/v1/watch"; }

Task<void> LiveFeed::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  const std::string request_id = parts_.random.Uuid();
  identity::CallerPtr caller;
  auto again = Admit(head, caller);
  if (!again) {
    const ErrorRow& row = RowFor(again.error(), Product::kAtelier);
    Log(head, caller.get(), request_id, row.http_status, row.wire_code);
    // A client that left before its answer is no fault of ours.
    static_cast<void>(
        co_await exchange.Send(RenderError(again.error(), Product::kAtelier, request_id, "")));
    co_return;
  }
  const Place place(*this, identity::HolderOf(caller->user));
  if (!caller->session.empty()) co_await parts_.sessions.NoteUse(caller->session);
  Log(head, caller.get(), request_id, 200, "OK");
  co_await Serve(exchange, *std::move(again));
}

/// What a stream says is decided frame by frame, so that whoever is known may ask.
Result<LiveFeed::Again> LiveFeed::Admit(const http::RequestHead& head,
                                        identity::CallerPtr& caller) const {
  if (head.method != "GET") {
    return Error(Code::kNotFound, "Specified api is not found, please check your url and method.",
                 "InvalidAction.NotFound");
  }
  const bool by_session = browsers_->Owns(head);
  if (by_session) {
    ATELIER_RETURN_IF_ERROR(browsers_->CheckPage(head, false));
    ATELIER_TRY(caller, browsers_->Identify(head));
  } else {
    ATELIER_TRY(caller, parts_.authenticator.Verify(ViewOf(head, "")));
  }
  ATELIER_RETURN_IF_ERROR(CheckRoom(identity::HolderOf(caller->user)));
  // The head lives as long as its exchange.
  if (by_session) return Again([this, &head] { return browsers_->Identify(head); });
  return Again([this, caller] {
    return identity::Recheck(parts_.identities, *caller, parts_.clock.Wall());
  });
}

Status LiveFeed::CheckRoom(std::string_view holder) const {
  if (stopping_) return Error(Code::kUnavailable, "The server is stopping. Try again soon.");
  if (streams_ >= options_.max_streams) {
    return Error(Code::kUnavailable,
                 fmt::format("All {} live streams are taken. Ask again later; without one, ask for "
                             "what you show now and then.",
                             options_.max_streams));
  }
  const auto mine = by_holder_.find(holder);
  const std::size_t held = mine == by_holder_.end() ? 0 : mine->second;
  if (held < options_.max_per_holder) return Ok();
  return Error(Code::kResourceExhausted,
               fmt::format("You have {} live streams, which is the most. A browser needs one for "
                           "all its tabs.",
                           held),
               "Throttling.User");
}

void LiveFeed::Log(const http::RequestHead& head, const identity::Caller* caller,
                   std::string_view request_id, int status, std::string_view code) {
  sampler_.Tick();
  if (caller == nullptr && !sampler_.Admit(code)) return;
  parts_.log.Info("watch", {{"status", status},
                            {"code", code},
                            {"request_id", request_id},
                            {"caller", caller == nullptr ? std::string_view() : caller->arn},
                            {"ip", head.source_ip}});
}

void LiveFeed::Stop() {
  stopping_ = true;
  parts_.changes.Wake();
}

int LiveFeed::RetryMs() const {
  std::array<std::uint8_t, 2> bytes{};
  parts_.random.Fill(bytes);
  return kRetryFromMs + ((bytes[0] << 8U) | bytes[1]) % kRetrySpanMs;
}

Task<void> LiveFeed::Serve(http::Exchange& exchange, Again again) {
  using asio::experimental::awaitable_operators::operator||;
  parts_.changes.Start();
  Stream stream{.again = std::move(again)};
  Resume(stream, exchange.head().headers.Get("Last-Event-ID"));
  http::ResponseHead head;
  head.headers.Add("Content-Type", "text/event-stream");
  head.headers.Add("Cache-Control", "no-store");
  head.headers.Add("X-Accel-Buffering", "no");  // for nginx in front
  head.headers.Add("X-Content-Type-Options", "nosniff");
  if (!co_await exchange.Begin(std::move(head))) co_return;
  const auto first = co_await (Pump(exchange, stream) || exchange.GivenUp());
  if (first.index() == 0 && stream.over) static_cast<void>(co_await exchange.Finish());
}

void LiveFeed::Resume(Stream& stream, std::string_view last_event_id) {
  const Halves id = Cut(last_event_id, '-');
  const auto at = ParseNumber<model::Revision>(id.before);
  stream.missed = !at;
  stream.cursor = at.value_or(0);
  stream.sight.key = id.after;
}

Task<void> LiveFeed::Pump(http::Exchange& exchange, Stream& stream) {
  std::string frame = fmt::format("retry: {}\n\n", RetryMs());
  for (;;) {
    const std::uint64_t seen = parts_.changes.ticks();
    Look(stream, frame);
    if (!frame.empty() && !co_await exchange.WriteSome(frame)) co_return;
    if (stream.over) co_return;
    std::string().swap(frame);  // there may be thousands of streams
    co_await parts_.real_clock.Sleep(kPause);
    co_await parts_.changes.Wait(seen, parts_.real_clock, stream.beat_at);
  }
}

void LiveFeed::Look(Stream& stream, std::string& out) {
  if (stopping_) {
    stream.over = true;
    return;
  }
  const MonoTime now = parts_.real_clock.Mono();
  const bool beat = now >= stream.beat_at;
  std::vector<const RecentChange*> news;
  stream.missed = !Collect(stream, news) || stream.missed;
  const bool quiet = !beat && !stream.missed && news.empty();
  if (!quiet || stream.identities != parts_.identities.version()) {
    // Nothing is told on what was right a moment ago.
    if (const Status in = Recheck(stream); !in) {
      out += "event: ended\ndata: {\"Code\":";
      AppendJsonString(out, in.error().reason());
      out += "}\n\n";
      stream.over = true;
      return;
    }
    news.clear();
    stream.missed = !Collect(stream, news) || news.size() > kMostNews || stream.missed;
  }
  stream.cursor = parts_.changes.head();
  if (!beat && !stream.missed && news.empty()) return;
  // With the sight in it, so that nobody who comes back with another goes on where they were.
  fmt::format_to(std::back_inserter(out), "id: {}-{}\n", stream.cursor, stream.sight.key);
  if (std::exchange(stream.missed, false)) {
    out += "event: reset\ndata: {}\n\n";
  } else if (!news.empty()) {
    out += "event: changed\ndata: ";
    AppendNews(out, news);
    out += "\n\n";
  } else {
    out += "event: beat\ndata: {}\n\n";
  }
  stream.beat_at = now + kBeatEvery;
}

bool LiveFeed::Collect(const Stream& stream, std::vector<const RecentChange*>& news) const {
  return parts_.changes.Since(stream.cursor, [&](const RecentChange& change) {
    if (news.size() <= kMostNews && Sees(stream, change)) news.push_back(&change);
  });
}

Status LiveFeed::Recheck(Stream& stream) const {
  ATELIER_TRY(stream.caller, stream.again());
  stream.identities = parts_.identities.version();
  Sight sight = SightOf(stream.caller);
  stream.missed = sight.key != stream.sight.key || stream.missed;
  stream.sight = std::move(sight);
  return Ok();
}

LiveFeed::Sight LiveFeed::SightOf(const identity::CallerPtr& caller) const {
  Sight sight;
  for (std::size_t i = 0; i < directory::kTopicCount; ++i)
    sight.topics[i] = MayList(*caller, static_cast<Topic>(i));
  std::string all =
      fmt::format("{} {} {}", caller->account.str(), caller->user.str(), sight.topics.to_ulong());
  for (const model::Member& member :
       parts_.identities.MembershipsOf(identity::MemberUserOf(*caller))) {
    const bool admin = identity::IsWorkspaceAdmin(parts_.identities, *caller, member.workspace);
    fmt::format_to(std::back_inserter(all), " {}{}", member.workspace.str(), admin ? "+" : "");
  }
  sight.key = fmt::format("{:016x}", Fnv1a(all));
  return sight;
}

/// As the operation that lists it would answer.
bool LiveFeed::MayList(const identity::Caller& caller, Topic topic) const {
  if (identity::MayDoEverything(caller)) return true;
  const Operation& list = ListOf(topic);
  const identity::Decision decision =
      identity::Evaluate(parts_.identities, caller, ActionsOf(list), "*", {}, parts_.clock.Wall());
  return decision.allowed() ||
         (list.open_to_all && decision.verdict == identity::Verdict::kImplicitDeny);
}

bool LiveFeed::Sees(const Stream& stream, const RecentChange& change) const {
  if (!stream.sight.topics[static_cast<std::size_t>(change.topic)]) return false;
  switch (change.topic) {
    case Topic::kInstance:
    case Topic::kService:
      // A service of no workspace is for who may list services.
      return (change.topic == Topic::kService && change.workspace.empty()) ||
             identity::WorkspaceAllows(parts_.identities, *stream.caller, identity::Access::kRead,
                                       identity::ResourceAccess{.workspace = change.workspace,
                                                                .owner = change.owner,
                                                                .shared = change.shared});
    case Topic::kWorkspace:
      return identity::IsMember(parts_.identities, *stream.caller, change.workspace);
    case Topic::kRecommender:
      return true;
  }
  return false;
}

}  // namespace atelier::api
