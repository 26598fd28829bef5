// Who a browser is: tickets work once, sessions end when they must, and nothing in the store opens
// one (docs/decisions/0047).
#include "identity/sessions.h"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "identity/identity_service.h"
#include "support/run.h"

namespace atelier::identity {
namespace {

using store::Kind;
using namespace std::chrono_literals;

constexpr WallTime kStart{std::chrono::seconds(1795307504)};
const Origin kHere{.source_ip = "192.0.2.1", .secure_transport = true};

class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() {
    store_->AddListener(directory_);
    root_ = *Do(service_.Bootstrap("main"));
    ada_ = *Do(service_.CreateUser("ada", "Ada L.", By("CreateUser")));
    key_ = Do(service_.CreateAccessKey(ada_.id, By("CreateAccessKey")))->id;
  }

  template <class T>
  T Do(Task<T> task) {
    return atelier::test::Run(io_, std::move(task));
  }
  model::Actor By(std::string operation) {
    return {.principal = "",
            .request_id = "req-" + std::to_string(++requests_),
            .source_ip = "192.0.2.1",
            .operation = std::move(operation)};
  }
  std::string Ticket() { return sessions_.MakeTicket(ada_.id, key_).text; }
  Result<Sessions::Opened> Redeem(const std::string& ticket) {
    return Do(sessions_.SignIn(ticket, {.address = "192.0.2.1", .agent = "Firefox"}, By("SignIn")));
  }
  Sessions::Opened Open() { return *Redeem(Ticket()); }
  std::string ReasonOf(const std::string& ticket) {
    const auto opened = Redeem(ticket);
    return opened ? "" : opened.error().reason();
  }
  bool LetsIn(const std::string& secret) { return sessions_.Identify(secret, kHere).has_value(); }
  std::vector<std::string> Bodies(Kind kind) {
    std::vector<std::string> all;
    EXPECT_TRUE(
        store_->LoadBlocking(kind, [&](const auto& record) { all.push_back(record.body); }));
    return all;
  }
  std::vector<model::AuditRecord> Audits(const std::string& operation) {
    std::vector<model::AuditRecord> all;
    for (const std::string& body : Bodies(Kind::kAudit)) {
      auto record = *FromRecord<model::AuditRecord>(body);
      if (record.actor.operation == operation) all.push_back(std::move(record));
    }
    return all;
  }

  asio::io_context io_;
  ManualClock clock_{kStart};
  std::unique_ptr<Random> random_ = MakeSeededRandom(3);
  const SealedBox box_ = SealedBox::ForTest();
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  IdentityDirectory directory_{box_};
  IdentityService service_{*store_, directory_, box_, clock_, *random_};
  Sessions sessions_{*store_, directory_, clock_, *random_};
  NewKey root_;
  model::User ada_;
  std::string key_;
  int requests_ = 0;
};

TEST_F(SessionsTest, OneLetsInItsUserAsTheyAreToday) {
  const Sessions::Opened opened = Open();
  const auto caller = sessions_.Identify(opened.secret, kHere);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->type, PrincipalType::kUser);
  EXPECT_EQ(caller->user, ada_.id);
  EXPECT_EQ(caller->arn, "acs:ram::" + directory_.account()->id.str() + ":user/ada");
  EXPECT_EQ(caller->access_key_id, key_);
  EXPECT_EQ(caller->session, opened.session.id);
  EXPECT_EQ(caller->source_ip, "192.0.2.1");
  EXPECT_TRUE(caller->secure_transport);
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key_, model::KeyState::Inactive, By("x"))));
  ASSERT_TRUE(Do(service_.DeleteAccessKey(key_, By("x"))));
  ASSERT_TRUE(Do(service_.DeleteUser("ada", By("x"))));
  EXPECT_FALSE(LetsIn(opened.secret));
}

TEST_F(SessionsTest, Promise8ATicketWorksOnceAndForAMinute) {
  const std::string used = Ticket();
  EXPECT_EQ(ReasonOf(used), "");
  EXPECT_EQ(ReasonOf(used), "SignInFailed");
  const std::string in_time = Ticket();
  const std::string late = Ticket();
  clock_.Advance(59s);
  EXPECT_EQ(ReasonOf(in_time), "");
  clock_.Advance(1s);
  EXPECT_EQ(ReasonOf(late), "SignInFailed");
  EXPECT_EQ(ReasonOf(""), "SignInFailed");
  EXPECT_EQ(ReasonOf(std::string(43, 'A')), "SignInFailed");
}

TEST_F(SessionsTest, Promise8ATicketEndsWithWhatVouchesForIt) {
  const std::string ticket = Ticket();
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key_, model::KeyState::Inactive, By("x"))));
  EXPECT_EQ(ReasonOf(ticket), "SignInFailed");
  EXPECT_EQ(ReasonOf(ticket), "SignInFailed") << "used up";
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key_, model::KeyState::Active, By("x"))));
  EXPECT_EQ(ReasonOf(ticket), "SignInFailed") << "used up for ever";
}

TEST_F(SessionsTest, Promise8TenTicketsOfAUserAreGoodAtATime) {
  const std::string first = Ticket();
  const std::string second = Ticket();
  const std::string of_root =
      sessions_.MakeTicket(model::UserId(directory_.account()->id.str()), root_.id).text;
  for (int i = 0; i < 9; ++i) Ticket();
  EXPECT_EQ(ReasonOf(first), "SignInFailed");
  EXPECT_EQ(ReasonOf(second), "");
  EXPECT_EQ(ReasonOf(of_root), "");
}

TEST_F(SessionsTest, Promise8NothingInTheStoreOpensOne) {
  const std::string ticket = Ticket();
  const Sessions::Opened opened = *Redeem(ticket);
  const std::vector<std::string> bodies = Bodies(Kind::kSession);
  ASSERT_EQ(bodies.size(), 1U);
  EXPECT_EQ(bodies[0].find(opened.secret), std::string::npos);
  EXPECT_EQ(bodies[0].find(ticket), std::string::npos);
  EXPECT_FALSE(LetsIn(opened.session.id));
  EXPECT_NE(opened.secret, ticket);
  EXPECT_NE(Open().secret, opened.secret);
}

TEST_F(SessionsTest, OneEndsTwelveHoursAfterItsLastUse) {
  const Sessions::Opened left = Open();
  const Sessions::Opened used = Open();
  clock_.Advance(11h + 59min);
  EXPECT_TRUE(LetsIn(left.secret));
  Do(sessions_.NoteUse(used.session.id));
  clock_.Advance(1min);
  EXPECT_FALSE(LetsIn(left.secret));
  EXPECT_TRUE(LetsIn(used.secret));
  EXPECT_EQ(sessions_.SessionsOf(ada_.id).size(), 1U);
}

TEST_F(SessionsTest, Promise8NoUseRevivesOneThatIsOver) {
  const Sessions::Opened opened = Open();
  clock_.Advance(12h);
  Do(sessions_.NoteUse(opened.session.id));
  EXPECT_FALSE(LetsIn(opened.secret));
}

TEST_F(SessionsTest, OneEndsAfterAWeekWhateverItsUse) {
  const Sessions::Opened opened = Open();
  for (int hours = 0; hours < 7 * 24; ++hours) {
    EXPECT_TRUE(LetsIn(opened.secret)) << hours;
    Do(sessions_.NoteUse(opened.session.id));
    clock_.Advance(1h);
  }
  EXPECT_FALSE(LetsIn(opened.secret));
}

TEST_F(SessionsTest, UseIsWrittenDownOnceInFiveMinutes) {
  const Sessions::Opened opened = Open();
  const auto revision = [&] { return directory_.RevisionOf(Kind::kSession, opened.session.id); };
  const auto before = revision();
  clock_.Advance(4min);
  Do(sessions_.NoteUse(opened.session.id));
  EXPECT_EQ(revision(), before);
  clock_.Advance(1min);
  Do(sessions_.NoteUse(opened.session.id));
  const auto after = revision();
  EXPECT_GT(after, before);
  Do(sessions_.NoteUse(opened.session.id));
  EXPECT_EQ(revision(), after);
  EXPECT_TRUE(Audits("").empty());
}

TEST_F(SessionsTest, TheyOutliveTheProcessAndTicketsDoNot) {
  const Sessions::Opened opened = Open();
  const std::string ticket = Ticket();
  IdentityDirectory directory(box_);
  ASSERT_TRUE(directory.Load(*store_));
  Sessions next(*store_, directory, clock_, *random_);
  EXPECT_TRUE(next.Identify(opened.secret, kHere));
  EXPECT_FALSE(Do(next.SignIn(ticket, {}, By("SignIn"))));
}

TEST_F(SessionsTest, Promise8OneEndsAtOnceWhenItIsEnded) {
  const Sessions::Opened opened = Open();
  const Sessions::Opened other = Open();
  ASSERT_TRUE(Do(sessions_.End(opened.session.id, By("DeleteSession"))));
  EXPECT_FALSE(LetsIn(opened.secret));
  EXPECT_TRUE(LetsIn(other.secret));
  EXPECT_EQ(Do(sessions_.End(opened.session.id, By("DeleteSession"))).error().reason(),
            "UnknownSession");
  ASSERT_EQ(Audits("DeleteSession").size(), 1U);
  EXPECT_EQ(Audits("DeleteSession")[0].target, "session/" + opened.session.id);
}

TEST_F(SessionsTest, Promise8OneEndsWithTheKeyThatVouchedForIt) {
  const Sessions::Opened opened = Open();
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key_, model::KeyState::Inactive, By("x"))));
  EXPECT_FALSE(LetsIn(opened.secret));
  ASSERT_TRUE(Do(service_.DeleteAccessKey(key_, By("x"))));
  EXPECT_FALSE(LetsIn(opened.secret));
}

TEST_F(SessionsTest, Promise8WhatWasPassedOnInOneEndsWithIt) {
  ASSERT_TRUE(Do(service_.SetPassword("ada", "a hash", By("SetUserPassword"))));
  const auto opened = Do(sessions_.SignInByPassword(ada_.id, "a hash", {}, By("SignIn")));
  ASSERT_TRUE(opened);
  const TokenClaims claims{.use = TokenUse::Cookie,
                           .instance = model::InstanceId("dsw-a"),
                           .issuer = ada_.id,
                           .session = opened->session.id,
                           .expires = kStart + 1h};
  const auto holds = [&] { return IssuerOf(directory_, claims, kHere, clock_.Wall()).has_value(); };
  EXPECT_TRUE(holds());
  clock_.Advance(1s);
  ASSERT_TRUE(Do(service_.SetPassword("ada", "another hash", By("SetUserPassword"))));
  EXPECT_FALSE(holds());
}

TEST_F(SessionsTest, Promise8ARecordThatCannotBeReadGivesNoRight) {
  const Sessions::Opened opened = Open();
  ASSERT_TRUE(Do(store_->Commit(
      {store::Write::Put(Kind::kSession, opened.session.id, R"({"id":"of a newer version"})")})));
  EXPECT_FALSE(LetsIn(opened.secret));
}

TEST_F(SessionsTest, TheFiftyFirstEndsTheOneUsedLeastRecently) {
  std::vector<Sessions::Opened> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(Open());
    clock_.Advance(1s);
  }
  clock_.Advance(5min);
  Do(sessions_.NoteUse(all[0].session.id));
  const Sessions::Opened last = Open();
  EXPECT_TRUE(LetsIn(all[0].secret));
  EXPECT_FALSE(LetsIn(all[1].secret));
  EXPECT_TRUE(LetsIn(all[2].secret));
  EXPECT_TRUE(LetsIn(last.secret));
  EXPECT_EQ(Bodies(Kind::kSession).size(), 50U);
}

TEST_F(SessionsTest, Promise10WhatIsOverIsSweptAndNothingElse) {
  Open();
  clock_.Advance(12h);
  const Sessions::Opened live = Open();
  ASSERT_TRUE(Do(sessions_.Sweep()));
  EXPECT_EQ(Bodies(Kind::kSession).size(), 1U);
  EXPECT_TRUE(LetsIn(live.secret));
}

TEST_F(SessionsTest, EverySignInIsInTheAuditLog) {
  const Sessions::Opened opened = Open();
  ASSERT_TRUE(Do(sessions_.NoteRefused(By("SignIn"))));
  const auto audits = Audits("SignIn");
  ASSERT_EQ(audits.size(), 2U);
  std::set<std::string> seen;
  for (const auto& one : audits) seen.insert(one.actor.principal + " " + one.target);
  EXPECT_EQ(seen, (std::set<std::string>{"acs:atelier::anonymous session/refused",
                                         "acs:ram::" + directory_.account()->id.str() +
                                             ":user/ada session/" + opened.session.id}));
}

TEST_F(SessionsTest, WhatABrowserSaysItIsIsCutAndPlain) {
  const auto opened = Do(sessions_.SignIn(
      Ticket(), {.address = "::1", .agent = "a\nb\xff" + std::string(400, 'x')}, By("SignIn")));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->session.agent, "a?b?" + std::string(252, 'x'));
  EXPECT_EQ(opened->session.address, "::1");
}

}  // namespace
}  // namespace atelier::identity
