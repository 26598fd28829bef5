// The one write path: turns, lost races, audit records, client tokens.
#include "store/writer.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "store/quarantine.h"
#include "support/run.h"

namespace atelier::store {
namespace {

/// A read model of one counter a record.
class Counters final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    for (const Change& change : changes) {
      if (change.record.kind != Kind::kWorkspace) continue;
      shown[change.record.key] = {std::stoi("0" + change.record.body), change.record.revision};
    }
  }
  std::map<std::string, std::pair<int, model::Revision>> shown;
};

class WriterTest : public testing::Test {
 protected:
  WriterTest() { store_->AddListener(counters_); }

  Status Commit(Writer::Plan plan) {
    return test::Run(io_, writer_.Commit(actor_, {"it"}, std::move(plan)));
  }
  /// The present record must have `expected` as its revision.
  static Transaction Put(model::Revision expected, std::string key = "w") {
    return {.writes = {Write::Put(Kind::kWorkspace, std::move(key), "1", expected)}};
  }
  /// One more in `key`; counts how often it was asked.
  Writer::Plan Increment(std::string key) {
    return [this, key = std::move(key)]() -> Result<Transaction> {
      ++asked_;
      const auto [count, revision] = counters_.shown[key];
      return Transaction{
          .writes = {Write::Put(Kind::kWorkspace, key, std::to_string(count + 1), revision)}};
    };
  }
  void Spawn(Task<Status> task) {
    asio::co_spawn(
        io_,
        [](Task<Status> all, std::vector<Status>& done) -> Task<void> {
          done.push_back(co_await std::move(all));
        }(std::move(task), done_),
        asio::detached);
  }
  std::vector<std::string> Keys(Kind kind) {
    std::vector<std::string> keys;
    EXPECT_TRUE(
        store_->LoadBlocking(kind, [&](const Record& record) { keys.push_back(record.key); }));
    return keys;
  }

  asio::io_context io_;
  ManualClock clock_{*ParseIso8601("2024-05-01T12:00:00Z")};
  std::unique_ptr<Store> store_ = MakeMemoryStore(io_.get_executor());
  Counters counters_;
  Writer writer_{*store_, clock_};
  model::Actor actor_{
      .principal = "acs:ada", .request_id = "R", .source_ip = "", .operation = "Test"};
  int asked_ = 0;
  std::vector<Status> done_;
};

TEST_F(WriterTest, DecidesAnewAfterALostRace) {
  ASSERT_TRUE(Commit([] { return Put(0); }));
  int rounds = 0;
  // Twice it is decided on what never was; then on the revision 1.
  EXPECT_TRUE(Commit([&] { return Put(++rounds < 3 ? 0 : 1); }));
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(test::Run(io_, store_->Get(Kind::kWorkspace, "w"))->revision, 2);
}

TEST_F(WriterTest, WhatCannotBeReadIsNotTakenForAbsent) {
  Quarantine quarantine;
  quarantine.Add({.kind = Kind::kWorkspace, .key = "w", .revision = 7, .body = "{"},
                 Error(Code::kDataLoss, "It is no JSON."));
  Writer writer(*store_, clock_, &quarantine);
  int rounds = 0;
  const auto commit = [&](const Write& write) {
    return test::Run(io_, writer.Commit(actor_, {"it"}, Writer::Plan([&] {
                                          ++rounds;
                                          return Transaction{.writes = {write}};
                                        })));
  };
  for (const Write& write :
       {Write::Put(Kind::kWorkspace, "w", "1", 0), Write::Check(Kind::kWorkspace, "w", 0)}) {
    const Status refused = commit(write);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
    EXPECT_EQ(refused.error().reason(), "UnreadableRecord");
    EXPECT_EQ(refused.error().message(),
              "Workspace w is there, but this server cannot read it: a newer version wrote it, or "
              "it is damaged.");
  }
  EXPECT_EQ(rounds, 2) << "once each";
  EXPECT_EQ(Keys(Kind::kWorkspace), std::vector<std::string>());
  EXPECT_TRUE(commit(Write::Put(Kind::kWorkspace, "v", "1", 0)));
  EXPECT_TRUE(commit(Write::Put(Kind::kMember, "w", "1", 0))) << "another kind";
}

TEST_F(WriterTest, GivesUpAfterABoundedNumberOfLostRaces) {
  ASSERT_TRUE(Commit([] { return Put(0); }));
  int rounds = 0;
  const Status refused = Commit([&] {
    ++rounds;
    return Put(0);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
  EXPECT_EQ(refused.error().message(), "it is changed by too many at once. Try again.");
  EXPECT_EQ(rounds, kMaxRounds);
}

TEST_F(WriterTest, WritesNothingThatThePlanRefusesOrThatChangesNothing) {
  const Error no(Code::kFailedPrecondition, "Not now.");
  EXPECT_EQ(Commit([&]() -> Result<Transaction> { return no; }).error().message(), "Not now.");
  EXPECT_TRUE(Commit([] { return Transaction(); })) << "nothing is to be done";
  EXPECT_TRUE(Keys(Kind::kAudit).empty());
}

TEST_F(WriterTest, ThoseWhoChangeOneThingGoInTurnAndDecideOnce) {
  for (int i = 0; i < 40; ++i) Spawn(writer_.Commit(actor_, {"w"}, Increment("w")));
  io_.run();
  ASSERT_EQ(done_.size(), 40U);
  for (const Status& done : done_) EXPECT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(counters_.shown["w"].first, 40);
  EXPECT_EQ(asked_, 40);
}

// As two components that each have their own.
TEST_F(WriterTest, TurnsAreOfTheStoreAndNotOfTheWriter) {
  Writer other(*store_, clock_);
  for (int i = 0; i < 20; ++i) {
    Spawn(writer_.Commit(actor_, {"w"}, Increment("w")));
    Spawn(other.Commit(actor_, {"w"}, Increment("w")));
  }
  io_.run();
  EXPECT_EQ(counters_.shown["w"].first, 40);
  EXPECT_EQ(asked_, 40);
}

// More of them than there are rounds: without turns the last ones would never win.
TEST_F(WriterTest, ThoseWhoMeetInWhatTheyRestOnGoInTurnOnceTheyLost) {
  ASSERT_TRUE(Commit(Increment("shared")));
  asked_ = 0;
  io_.restart();
  for (int i = 0; i < 3 * kMaxRounds; ++i)
    Spawn(writer_.Commit(actor_, {"target" + std::to_string(i)}, Increment("shared")));
  io_.run();
  for (const Status& done : done_) EXPECT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(counters_.shown["shared"].first, 3 * kMaxRounds + 1);
  EXPECT_LE(asked_, 9 * kMaxRounds) << "lost once, asked for its turn, and asked in turn";
}

TEST_F(WriterTest, TurnsOfManyTargetsDoNotBlockEachOther) {
  for (int i = 0; i < 10; ++i) {
    Spawn(writer_.Commit(actor_, {"a", "b"}, Increment("a")));
    Spawn(writer_.Commit(actor_, {"b", "a"}, Increment("b")));
  }
  io_.run();
  EXPECT_EQ(counters_.shown["a"].first, 10);
  EXPECT_EQ(counters_.shown["b"].first, 10);
}

TEST_F(WriterTest, EachTargetHasOneAuditRecordInTheTransaction) {
  ASSERT_TRUE(test::Run(io_, writer_.Commit(actor_, {"a", "b"}, Increment("w"))));
  EXPECT_EQ(Keys(Kind::kAudit),
            (std::vector<std::string>{"00000001714564800000-R/a", "00000001714564800000-R/b"}));
  const auto record = test::Run(io_, store_->Get(Kind::kAudit, "00000001714564800000-R/b"));
  EXPECT_EQ(record->revision, counters_.shown["w"].second);
  EXPECT_EQ(FromRecord<model::AuditRecord>(record->body)->target, "b");
}

TEST_F(WriterTest, WhatNobodyAskedForHasNone) {
  ASSERT_TRUE(test::Run(io_, writer_.Commit(std::nullopt, {"a"}, Increment("w"))));
  EXPECT_EQ(counters_.shown["w"].first, 1);
  EXPECT_TRUE(Keys(Kind::kAudit).empty());
}

class CreationTest : public WriterTest {
 protected:
  Task<Status> Create(std::optional<ClientToken> token) {
    const auto plan = [this]() -> Result<Creation> {
      std::string id = "id" + std::to_string(++asked_);
      return Creation{.transaction = Put(0, id), .id = id, .target = "thing/" + id};
    };
    model::Actor actor = actor_;
    actor.token = std::move(token);
    auto id = co_await writer_.Create(std::move(actor), plan);
    if (!id) co_return id.error();
    ids_.push_back(*std::move(id));
    co_return Ok();
  }
  /// The thing is made meanwhile, by the same request.
  Task<Result<Creation>> LoseToAnotherServer() {
    (void)co_await store_->Commit({Write::Put(Kind::kWorkspace, "w", "1", 0),
                                   ClientTokens(*store_, clock_).Redeem(Token(), {}, "w")});
    co_return Error(Code::kAlreadyExists, "The name is taken.");
  }
  static ClientToken Token(std::string fingerprint = "f") {
    return {.token = "t", .caller = "acs:ada", .fingerprint = std::move(fingerprint)};
  }
  std::vector<std::string> ids_;
};

TEST_F(CreationTest, OneTokenMakesOneThingHoweverManyArriveAtOnce) {
  for (int i = 0; i < 40; ++i) Spawn(Create(Token()));
  io_.run();
  ASSERT_EQ(ids_.size(), 40U);
  for (const std::string& id : ids_) EXPECT_EQ(id, ids_.front());
  EXPECT_EQ(Keys(Kind::kWorkspace), std::vector<std::string>{ids_.front()});
  EXPECT_EQ(Keys(Kind::kAudit),
            std::vector<std::string>{"00000001714564800000-R/thing/" + ids_.front()});
}

/// The look for the token comes first; by the time of the plan the name may be taken, by the same
/// request on another server, say.
TEST_F(CreationTest, Promise7ARepeatIsNotRefusedForWhatItMadeItself) {
  model::Actor actor = actor_;
  actor.token = Token();
  const auto plan = [this] { return LoseToAnotherServer(); };
  const auto made = test::Run(io_, writer_.Create(actor, Writer::AskingCreationPlan(plan)));
  ASSERT_TRUE(made) << made.error().ToString();
  EXPECT_EQ(*made, "w");
}

TEST_F(CreationTest, RepeatsCountOnceAgainstALimit) {
  std::size_t most = 0;
  for (int i = 0; i < 16; ++i) {
    model::Actor actor = actor_;
    actor.token = Token();
    const auto plan = [this, &most]() -> Result<Creation> {
      most = std::max(most, writer_.making());
      return Creation{.transaction = Put(0), .id = "w", .target = "thing/w"};
    };
    Spawn([](Task<Result<std::string>> made) -> Task<Status> {
      const auto id = co_await std::move(made);
      if (!id) co_return id.error();
      co_return Ok();
    }(writer_.Create(actor, Writer::CreationPlan(plan))));
  }
  io_.run();
  EXPECT_EQ(std::ranges::count_if(done_, [](const Status& one) { return one.has_value(); }), 16);
  EXPECT_EQ(most, 1U);
}

TEST_F(CreationTest, ATokenIsForOneRequest) {
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  const Status other = test::Run(io_, Create(Token("g")));
  EXPECT_EQ(other.error().reason(), "ClientTokenConflict");
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 1U);
}

TEST_F(CreationTest, ATokenIsForgottenAfterADay) {
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  clock_.Advance(kTokenLife - Duration{1});
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 1U);
  clock_.Advance(Duration{1});
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 2U);
}

TEST_F(CreationTest, Promise7AWallClockThatStepsMakesNoSecondThing) {
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  for (const int days : {1, 365, -730}) {
    clock_.StepWall(std::chrono::days(days));
    ASSERT_TRUE(test::Run(io_, Create(Token())));
    ASSERT_TRUE(test::Run(io_, Create({{.token = "u", .caller = "acs:ada", .fingerprint = "f"}})));
    EXPECT_EQ(Keys(Kind::kWorkspace).size(), 2U) << days;
    clock_.Advance(std::chrono::minutes(2));  // until the next creation sweeps
  }
}

/// Then only the wall clock could tell how old it is.
TEST_F(CreationTest, Promise7AHostThatComesBackWithAWrongClockMakesNoSecondThing) {
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  const auto made = test::Run(io_, store_->Get(Kind::kClientToken, "acs:ada/t"));
  auto record = FromRecord<TokenRecord>(made.value().body).value();
  record.boot = 0;
  ASSERT_TRUE(test::Run(
      io_, store_->Commit({Write::Put(Kind::kClientToken, "acs:ada/t", ToJson(record))})));
  clock_.StepWall(std::chrono::days(365));
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 1U);
  clock_.Advance(kTokenLife);
  ASSERT_TRUE(test::Run(io_, Create(Token())));
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 2U);
}

TEST_F(CreationTest, WithoutATokenEachMakesItsOwn) {
  for (int i = 0; i < 3; ++i) Spawn(Create(std::nullopt));
  io_.run();
  EXPECT_EQ(Keys(Kind::kWorkspace).size(), 3U);
  EXPECT_TRUE(Keys(Kind::kClientToken).empty());
}

}  // namespace
}  // namespace atelier::store
