// The live feed: what a stream tells whom, when it ends, and what it costs who does not read.
#include "api/live_feed.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>

#include "base/signal.h"
#include "base/text.h"
#include "directory/recent_changes.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using namespace std::chrono_literals;

constexpr Duration kPause = 200ms;  // of the feed, between two frames

/// A client that stays until it is told to leave, and reads unless it is told not to.
class Watcher final : public http::Exchange {
 public:
  Watcher(ApiWorld& world, LiveFeed& feed, http::RequestHead head)
      : world_(world),
        head_(std::move(head)),
        left_(world.io.get_executor()),
        reads_(world.io.get_executor()) {
    asio::co_spawn(world_.io, feed.Handle(*this), [this](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      over_ = true;
    });
    Settle();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() override {
    Leave();
    Settle();
  }

  const http::RequestHead& head() const override { return head_; }
  Task<Result<std::string>> ReadBody(std::size_t /*limit*/) override { co_return std::string(); }
  Task<void> GivenUp() override {
    while (!gone_) static_cast<void>(co_await left_.Wait(world_.clock, MonoTime::max()));
  }
  Task<Result<std::size_t>> ReadSome(std::span<char> /*into*/) override {
    co_return std::size_t{0};
  }
  bool BodyRead() const override { return true; }
  Task<Status> Send(http::Response response) override {
    status_ = response.status;
    text_ = std::string(response.content());
    co_return Ok();
  }
  Task<Status> Begin(http::ResponseHead head) override {
    status_ = head.status;
    headers_ = std::move(head.headers);
    co_return Ok();
  }
  Task<Status> WriteSome(std::span<const char> data) override {
    ++writes_;
    while (stuck_) static_cast<void>(co_await reads_.Wait(world_.clock, MonoTime::max()));
    text_.append(data.data(), data.size());
    co_return Ok();
  }
  Task<Status> Finish() override {
    finished_ = true;
    co_return Ok();
  }
  Task<Result<std::unique_ptr<http::ByteStream>>> Upgrade(http::ResponseHead /*head*/) override {
    co_return Error(Code::kInternal, "no");
  }

  void Leave() {
    gone_ = true;
    left_.Set();
  }
  void Read(bool reads) {
    stuck_ = !reads;
    reads_.Set();
  }
  /// Lets everything run that can, and the pause between two frames pass.
  void Settle() {
    world_.io.restart();
    world_.io.poll();
    world_.clock.Advance(kPause);
    world_.io.restart();
    world_.io.poll();
  }
  /// "event: data" of each event since the last time.
  std::vector<std::string> Take() {
    Settle();
    std::vector<std::string> events;
    std::string event;
    for (const std::string_view line : Split(text_, '\n', Trailing::kDrop)) {
      if (line.starts_with("id: ")) id_ = line.substr(4);
      if (line.starts_with("event: ")) event = line.substr(7);
      if (line.starts_with("data: ")) events.push_back(event + ": " + std::string(line.substr(6)));
    }
    text_.clear();
    return events;
  }
  const std::string& id() const { return id_; }
  const std::string& text() const { return text_; }
  int status() const { return status_; }
  const http::Headers& headers() const { return headers_; }
  int writes() const { return writes_; }
  bool over() const { return over_; }
  bool finished() const { return finished_; }

 private:
  ApiWorld& world_;
  http::RequestHead head_;
  Signal left_;
  Signal reads_;
  http::Headers headers_;
  std::string text_;
  std::string id_;
  int status_ = 0;
  int writes_ = 0;
  bool gone_ = false;
  bool stuck_ = false;
  bool over_ = false;
  bool finished_ = false;
};

using Events = std::vector<std::string>;
const Events kReset = {"reset: {}"};

class LiveFeedTest : public testing::Test {
 protected:
  explicit LiveFeedTest(LiveFeed::Options options = {})
      : feed_({.changes = changes_,
               .identities = world_.identities,
               .authenticator = world_.authenticator,
               .sessions = world_.sessions,
               .clock = world_.clock,
               .real_clock = world_.clock,
               .random = *world_.random,
               .log = world_.log},
              std::move(options)) {
    world_.store->AddListener(changes_);
    world_.store->AddListener(before_);
  }

  std::unique_ptr<Watcher> Watch(const identity::NewKey& key, const std::string& last = "") {
    http::RequestHead head = world_.Signed(key, "GET", "/atelier/v1/watch", {.version = ""});
    if (!last.empty()) head.headers.Add("Last-Event-ID", last);
    return std::make_unique<Watcher>(world_, feed_, std::move(head));
  }
  /// By a browser that is signed in as whoever has this key.
  std::unique_ptr<Watcher> WatchByPage(const ApiWorld::Person& who,
                                       const std::string& site = "same-origin") {
    auto ticket = world_.sessions.MakeTicket(who.id, who.key.id);
    const auto opened = ApiWorld::Value(
        test::Run(world_.io, world_.sessions.SignIn(ticket.text, {}, world_.actor)));
    session_ = opened.session.id;
    http::RequestHead head = ApiWorld::Head("GET", "/atelier/v1/watch");
    head.headers.Add("Host", "localhost:8080");
    head.headers.Add("Sec-Fetch-Site", site);
    head.headers.Add("Cookie", "atelier-session=" + opened.secret);
    return std::make_unique<Watcher>(world_, feed_, std::move(head));
  }
  void Put(const std::string& id, const model::UserId& owner,
           model::Accessibility accessibility = model::Accessibility::PRIVATE,
           std::optional<model::WorkspaceId> workspace = {}) {
    model::Instance instance = world_.Sample(id);
    instance.owner = owner;
    instance.accessibility = accessibility;
    if (workspace) instance.workspace = *workspace;
    world_.Put(instance);
  }
  void Put(const std::string& id) { Put(id, model::UserId(world_.account.str())); }
  Events Changed(const std::string& kind, const std::string& id) const {
    return {R"(changed: {"Changes":[{"Kind":")" + kind + R"(","Id":")" + id + R"(","Revision":)" +
            std::to_string(changes_.head()) + "}]}"};
  }
  ApiWorld::Person Member(const std::string& name) {
    return world_.MakeUser(name, "AliyunPAIDSWFullAccess",
                           {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  }

  ApiWorld world_;
  directory::InstanceDirectory before_;  // hears of a change after the ring, as State has it
  directory::RecentChanges changes_{before_, world_.services};
  LiveFeed feed_;
  std::string session_;
};

TEST_F(LiveFeedTest, BeginsWithALookAtEverythingAndTellsWhatChangesAtOnce) {
  const auto stream = Watch(world_.root);
  EXPECT_EQ(stream->status(), 200);
  EXPECT_EQ(stream->headers().Get("Content-Type"), "text/event-stream");
  EXPECT_EQ(stream->headers().Get("Cache-Control"), "no-store");
  EXPECT_TRUE(stream->text().starts_with("retry: ")) << stream->text();
  EXPECT_EQ(stream->Take(), kReset);
  Put("dsw-a");
  world_.io.restart();
  world_.io.poll();  // no clock is turned for it
  EXPECT_NE(stream->text().find("dsw-a"), std::string::npos);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-a"));
  EXPECT_EQ(stream->Take(), Events{});
}

TEST_F(LiveFeedTest, TellsNothingOfWhatAThingHolds) {
  const auto stream = Watch(world_.root);
  stream->Take();
  Put("dsw-a");
  stream->Settle();
  EXPECT_EQ(stream->text().find("training_data"), std::string::npos) << stream->text();
}

TEST_F(LiveFeedTest, ThingsThatChangeOftenCostAFrameInAPause) {
  const auto stream = Watch(world_.root);
  stream->Take();
  const int before = stream->writes();
  for (int i = 0; i < 100; ++i) {
    Put("dsw-a");
    world_.io.restart();
    world_.io.poll();
  }
  stream->Settle();
  EXPECT_LE(stream->writes() - before, 2);
  const Events events = stream->Take();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back(), Changed("Instance", "dsw-a").front()) << "the last one is not lost";
}

TEST_F(LiveFeedTest, Promise8TellsWhatTheyMayListAndNothingElse) {
  const auto ada = Member("ada");
  const auto bob = Member("bob");
  const model::WorkspaceId other = world_.MakeWorkspace("elsewhere");
  const auto stream = Watch(ada.key);
  EXPECT_EQ(stream->Take(), kReset);
  Put("dsw-hers", ada.id);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-hers"));
  Put("dsw-his", bob.id);
  EXPECT_EQ(stream->Take(), Events{});
  Put("dsw-far", ada.id, model::Accessibility::PUBLIC, other);
  EXPECT_EQ(stream->Take(), Events{});
  Put("dsw-his", bob.id, model::Accessibility::PUBLIC);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-his")) << "it is in her list now";
  Put("dsw-his", bob.id);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-his")) << "it has left her list";
  Put("dsw-his", bob.id);
  EXPECT_EQ(stream->Take(), Events{}) << "and is no business of hers any more";
}

TEST_F(LiveFeedTest, Promise8WhoMayNotListATopicHearsNothingOfIt) {
  model::Service service;
  service.id = model::ServiceId("eas-m-1");
  service.name = "iris";
  const auto put = [&] { world_.Write(store::Kind::kService, "iris", ToJson(service)); };
  const auto ada = Member("ada");  // of DSW alone
  const auto stream = Watch(ada.key);
  const auto root = Watch(world_.root);
  stream->Take();
  root->Take();
  put();
  EXPECT_EQ(stream->Take(), Events{});
  EXPECT_EQ(root->Take(), Changed("Service", "iris"));
  world_.Attach("AliyunPAIEASFullAccess", "ada");
  EXPECT_EQ(stream->Take(), kReset);
  put();
  EXPECT_EQ(stream->Take(), Changed("Service", "iris"));
}

TEST_F(LiveFeedTest, Promise8WhatIsOpenToAllIsNotToWhomItIsDenied) {
  const auto ada = Member("ada");
  const auto put = [&] { world_.Write(store::Kind::kRecommender, "airec-cn-1", "{}"); };
  const auto stream = Watch(ada.key);
  stream->Take();
  put();
  EXPECT_EQ(stream->Take(), Changed("Recommender", "airec-cn-1"));
  world_.MakePolicy("none", R"({"Effect":"Deny","Action":"airec:*","Resource":"*"})");
  world_.Attach("none", "ada");
  EXPECT_EQ(stream->Take(), kReset);
  put();
  EXPECT_EQ(stream->Take(), Events{});
}

TEST_F(LiveFeedTest, Promise8ARevokedPolicyCountsFromTheNextEvent) {
  const auto ada = Member("ada");
  const auto stream = Watch(ada.key);
  stream->Take();
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  Put("dsw-hers", ada.id);
  EXPECT_EQ(stream->Take(), kReset) << "what she shows may be gone";
  Put("dsw-hers", ada.id);
  EXPECT_EQ(stream->Take(), Events{});
  world_.Attach("AliyunPAIDSWFullAccess", "ada");
  EXPECT_EQ(stream->Take(), kReset);
  Put("dsw-hers", ada.id);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-hers"));
}

TEST_F(LiveFeedTest, Promise8WhoHasLeftAWorkspaceHearsNothingOfIt) {
  const auto ada = Member("ada");
  const auto stream = Watch(ada.key);
  stream->Take();
  ApiWorld::Check(test::Run(
      world_.io,
      world_.identity.DeleteMembers(world_.workspace, {world_.workspace.str() + "-" + ada.id.str()},
                                    world_.actor)));
  EXPECT_EQ(stream->Take(), kReset);
  Put("dsw-hers", ada.id, model::Accessibility::PUBLIC);
  EXPECT_EQ(stream->Take(), Events{});
}

TEST_F(LiveFeedTest, Promise8EndsWithTheSession) {
  const auto ada = Member("ada");
  const auto stream = WatchByPage(ada);
  EXPECT_EQ(stream->Take(), kReset);
  Put("dsw-hers", ada.id);
  EXPECT_EQ(stream->Take(), Changed("Instance", "dsw-hers"));
  ApiWorld::Check(test::Run(world_.io, world_.sessions.End(session_, world_.actor)));
  EXPECT_EQ(stream->Take(), Events{R"(ended: {"Code":"InvalidSession"})"});
  EXPECT_TRUE(stream->over() && stream->finished());
}

TEST_F(LiveFeedTest, Promise8EndsWithASessionThatNobodyUses) {
  const auto stream = WatchByPage(Member("ada"));
  EXPECT_EQ(stream->Take(), kReset);
  world_.clock.Advance(std::chrono::hours(12));
  EXPECT_EQ(stream->Take(), Events{R"(ended: {"Code":"InvalidSession"})"});
  EXPECT_TRUE(stream->over());
}

TEST_F(LiveFeedTest, Promise8EndsWithTheKeyAndWithItsUser) {
  const auto ada = Member("ada");
  const auto stream = Watch(ada.key);
  stream->Take();
  ApiWorld::Check(test::Run(world_.io, world_.identity.SetAccessKeyState(
                                           ada.key.id, model::KeyState::Inactive, world_.actor)));
  EXPECT_EQ(stream->Take(), Events{R"(ended: {"Code":"InvalidAccessKeyId.Inactive"})"});
  EXPECT_TRUE(stream->over() && stream->finished());
}

TEST_F(LiveFeedTest, Promise8EndsWithATemporaryKey) {
  world_.MakeRole("visitor", "AliyunPAIDSWFullAccess",
                  {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const auto stream = Watch(world_.Assume("visitor"));
  EXPECT_EQ(stream->Take(), kReset);
  world_.clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(stream->Take(), Events{R"(ended: {"Code":"InvalidSecurityToken.Expired"})"});
}

TEST_F(LiveFeedTest, GoesOnWhereItWas) {
  auto stream = Watch(world_.root);
  stream->Take();
  Put("dsw-a");
  stream->Take();
  const std::string id = stream->id();
  stream.reset();
  Put("dsw-b");
  const auto again = Watch(world_.root, id);
  EXPECT_EQ(again->Take(), Changed("Instance", "dsw-b"));
  const auto still = Watch(world_.root, again->id());
  EXPECT_EQ(still->Take(), Events{"beat: {}"}) << "nothing was missed";
}

TEST_F(LiveFeedTest, SaysThatThereIsAGap) {
  const auto ada = Member("ada");
  const auto first = Watch(ada.key);
  first->Take();
  const std::string id = first->id();
  const std::string key = id.substr(id.find('-'));
  const auto begins = [&](const std::string& last) { return Watch(ada.key, last)->Take(); };
  EXPECT_EQ(begins(id), Events{"beat: {}"});
  EXPECT_EQ(begins("nonsense"), kReset);
  EXPECT_EQ(begins("0" + key), kReset) << "before all that is known";
  EXPECT_EQ(begins("999999" + key), kReset) << "of another store";
  EXPECT_EQ(begins(id.substr(0, id.find('-'))), kReset) << "of nobody knows whom";
  EXPECT_EQ(Watch(world_.root, id)->Take(), kReset) << "of somebody else";
  world_.Attach("AliyunPAIEASFullAccess", "ada");
  EXPECT_EQ(begins(id), kReset) << "who sees more now has missed what was there before";
}

TEST_F(LiveFeedTest, WhoDoesNotReadIsToldOfAGapAndCostsNothing) {
  const auto stream = Watch(world_.root);
  stream->Take();
  stream->Read(false);
  Put("dsw-first");
  stream->Settle();
  const int before = stream->writes();
  for (int i = 0; i < 400; ++i) Put("dsw-" + std::to_string(i));
  stream->Settle();
  EXPECT_EQ(stream->writes(), before) << "one frame is on its way, and none waits";
  stream->Read(true);
  const Events events = stream->Take();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(events[0].find("dsw-first"), std::string::npos) << events[0];
  EXPECT_EQ(events[1], "reset: {}");
}

TEST_F(LiveFeedTest, BeatsWhenThereIsNothingElse) {
  const auto stream = Watch(world_.root);
  stream->Take();
  const std::string before = stream->id();
  world_.clock.Advance(19s);
  EXPECT_EQ(stream->Take(), Events{});
  world_.Write(store::Kind::kAudit, "x", "{}");
  world_.clock.Advance(1s);
  EXPECT_EQ(stream->Take(), Events{"beat: {}"});
  EXPECT_NE(stream->id(), before) << "who comes back goes on from there";
}

TEST_F(LiveFeedTest, EndsWhenTheServerStops) {
  const auto stream = Watch(world_.root);
  stream->Take();
  feed_.Stop();
  stream->Take();
  EXPECT_TRUE(stream->over() && stream->finished());
  const auto late = Watch(world_.root);
  EXPECT_EQ(late->status(), 503);
}

TEST_F(LiveFeedTest, IsForWhoIsKnownAndAsksFromAPageOfOurs) {
  Watcher stranger(world_, feed_, ApiWorld::Head("GET", "/atelier/v1/watch"));
  EXPECT_EQ(stranger.status(), 400);
  EXPECT_NE(stranger.text().find("MissingAccessKeyId"), std::string::npos) << stranger.text();
  const auto hostile = WatchByPage(Member("ada"), "same-site");
  EXPECT_EQ(hostile->status(), 403);
  EXPECT_NE(hostile->text().find("CrossOriginRequest"), std::string::npos) << hostile->text();
  Watcher post(world_, feed_,
               world_.Signed(world_.root, "POST", "/atelier/v1/watch", {.version = ""}));
  EXPECT_EQ(post.status(), 404);
}

class FewStreams : public LiveFeedTest {
 protected:
  FewStreams() : LiveFeedTest({.max_streams = 3, .max_per_holder = 2}) {}
};

TEST_F(FewStreams, AreSharedAndGivenBack) {
  const auto ada = Member("ada");
  auto first = Watch(ada.key);
  const auto second = WatchByPage(ada);
  const auto third = Watch(ada.key);
  EXPECT_EQ(third->status(), 429);
  EXPECT_NE(third->text().find("Throttling.User"), std::string::npos) << third->text();
  EXPECT_NE(third->text().find("2 live streams"), std::string::npos) << third->text();
  const auto of_root = Watch(world_.root);
  EXPECT_EQ(of_root->status(), 200);
  const auto fifth = Watch(Member("bob").key);
  EXPECT_EQ(fifth->status(), 503);
  EXPECT_NE(fifth->text().find("All 3 live streams"), std::string::npos) << fifth->text();
  first->Leave();
  first->Settle();
  EXPECT_TRUE(first->over());
  EXPECT_FALSE(first->finished()) << "nobody reads it";
  EXPECT_EQ(Watch(ada.key)->status(), 200);
}

}  // namespace
}  // namespace atelier::api
