// What the PostgreSQL store promises beyond the contract: what it refuses to open, that one server
// at a time has the database, and that nobody is told what is not so (docs/decisions/0043).
#include "store/postgres.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/postgres.h"
#include "support/recorded_log.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

/// Writes down what the feed shows: "key@revision ".
class Recorder final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    for (const Change& change : changes)
      all += fmt::format("{}@{} ", change.record.key, change.record.revision);
  }
  std::string all;
};

class PostgresStore : public testing::Test {
 protected:
  /// One life of a server; ends without a Stop, as when it is killed, unless Close is called.
  class Server {
   public:
    Server(PostgresStore& test, PostgresOptions options) : test_(test) {
      options.lost = [this](const Error& why) { lost = why.reason(); };
      auto opened = OpenPostgres(std::move(options), test.io_.get_executor(), test.clock_,
                                 *test.random_, test.log_);
      if (opened)
        store_ = *std::move(opened);
      else
        refused = opened.error().message();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { Kill(); }
    void Close() { test::Run(test_.io_, store_->Stop()); }
    void Kill() {
      store_.reset();
      test_.io_.restart();
      test_.io_.poll();  // what its threads had posted
    }
    Store* operator->() { return store_.get(); }
    explicit operator bool() const { return store_ != nullptr; }

    Result<model::Revision> Commit(const std::string& key, const std::string& body = "body") {
      return test::Run(test_.io_, store_->Commit({Write::Put(Kind::kInstance, key, body)}));
    }
    std::string Get(const std::string& key) {
      const auto record = test::Run(test_.io_, store_->Get(Kind::kInstance, key));
      return record ? record->body : std::string(ToString(record.error().code()));
    }

    std::string refused;
    std::string lost;

   private:
    PostgresStore& test_;
    std::unique_ptr<Store> store_;
  };

  PostgresOptions Options(const std::string& folder = "one") {
    return {.folder = parent_.path() + "/" + folder, .address = address_};
  }
  std::vector<std::string> Sql(const std::string& script) { return server_.Sql(address_, script); }
  std::string Refused() { return Server(*this, Options()).refused; }
  /// Ends the session in which the store writes: the only one that has the lock in what it does.
  void EndSession(const std::string& how = "pg_terminate_backend") {
    Sql("SELECT " + how +
        "(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name = 'atelier'");
  }
  /// Another server takes the database, as after a lease that ran out, and lets it go.
  void TakeAway() {
    Sql("UPDATE atelier.servers SET owner = 'other', life = 'other', epoch = epoch + 1, "
        "until = '-infinity'");
  }
  /// As another server would, or a connection of this one of an earlier epoch.
  void CommitBySql(const std::string& key, const std::string& body,
                   const std::string& epoch = "s.epoch") {
    Sql("SET synchronous_commit = local;"
        "SELECT g.revisions FROM atelier.servers s, LATERAL atelier.commit_group(s.life, " +
        epoch + ", '10s', gen_random_uuid(), 0, 1, '{1}', '{0}', '{9}', ARRAY['" + key +
        "'::bytea], ARRAY['" + body + "'::bytea], '{-1}') g LIMIT 1");
  }
  /// Takes the last commits away, as a standby that is behind when it is promoted.
  void GoBackTo(int revision) {
    const std::string last = std::to_string(revision);
    Sql("DELETE FROM atelier.commits WHERE first > " + last +
        ";DELETE FROM atelier.changes WHERE revision > " + last +
        ";DELETE FROM atelier.records WHERE revision > " + last);
  }
  template <class Condition>
  void RunUntil(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto work = asio::make_work_guard(io_);  // threads of stores may post some
    io_.restart();
    while (!condition()) {  // asked no more once it was true: it may look at what passes
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      io_.run_one_for(std::chrono::milliseconds(20));
    }
  }
  /// Runs SQL, again and again, until it has a row.
  std::string Await(const std::string& query) {
    std::vector<std::string> rows;
    RunUntil([&] {
      rows = server_.Sql(query);
      return !rows.empty();
    });
    return rows.empty() ? "" : rows[0];
  }

  test::Postgres& server_ = test::Postgres::Shared();
  asio::io_context io_;
  SystemClock clock_;
  std::unique_ptr<Random> random_ = MakeSystemRandom();
  test::RecordedLog log_;
  test::TempDir parent_;
  std::string address_ = server_.NewDatabase();
};

TEST_F(PostgresStore, IsThereAgainAfterAReopen) {
  Server first(*this, Options());
  ASSERT_TRUE(first) << first.refused;
  EXPECT_EQ(first->GetOpening().revision, 0);
  ASSERT_TRUE(first.Commit("a"));
  const auto last = test::Run(io_, first->Commit({Write::Delete(Kind::kInstance, "a")}));
  first.Close();
  first.Kill();
  Server second(*this, Options());
  ASSERT_TRUE(second) << second.refused;
  EXPECT_EQ(second->GetOpening().revision, last);
  EXPECT_EQ(second.Commit("a").value(), *last + 1) << "revisions do not repeat";
}

TEST_F(PostgresStore, Promise9WhatIsNoAddressIsRefusedAndAPasswordInItIsNotShown) {
  for (const char* good : {"postgres://ada@db.example:5432/atelier", "postgresql:///atelier",
                           "postgres://a@h1,h2/db?target_session_attrs=read-write"})
    EXPECT_TRUE(CheckPostgresAddress(good, false)) << good;
  for (const char* bad : {"", "sqlite3", "mysql://h/db", "postgres:/h", "postgres://[::1/db",
                          "postgres://h/db?no_such_option=1"})
    EXPECT_FALSE(CheckPostgresAddress(bad, true)) << bad;
  for (const char* open : {"postgres://ada:hush@h/db", "postgres://ada@h/db?password=hush",
                           "postgres://ada@h/db?sslpassword=hush", "postgres://ada:hu%zzsh@h/db",
                           "postgres://ada@h/db?password=hush&no_such_option=1"}) {
    const Status refused = CheckPostgresAddress(open, false);
    ASSERT_FALSE(refused) << open;
    EXPECT_EQ(refused.error().message().find("hu"), std::string::npos) << open;
  }
  EXPECT_TRUE(CheckPostgresAddress("postgres://ada:hush@h/db", true));
}

TEST_F(PostgresStore, Promise9SaysWhyTheDatabaseCannotBeReached) {
  address_ = "postgres://postgres@/none?host=" + parent_.path();
  EXPECT_NE(Refused().find("cannot be reached"), std::string::npos);
  address_ = server_.AddressOf("no_such_database");
  EXPECT_NE(Refused().find("\"no_such_database\" does not exist"), std::string::npos);
  // Where the server asks for a password.
  const std::string rules = server_.data() + "/pg_hba.conf";
  std::ifstream before(rules);
  const std::string text(std::istreambuf_iterator<char>(before), {});
  server_.Sql("CREATE ROLE ada LOGIN PASSWORD 'hush'");
  std::ofstream(rules) << "local all ada scram-sha-256\n" << text;
  server_.Sql("SELECT pg_reload_conf()");
  address_ = server_.AddressOf("postgres", "ada");
  std::string refused;
  RunUntil([&] { return (refused = Refused()).find("PGPASSFILE") != std::string::npos; });
  EXPECT_NE(refused.find("does not let this user in"), std::string::npos) << refused;
}

TEST_F(PostgresStore, Promise9SaysWhichRightIsMissing) {
  server_.Sql("CREATE ROLE visitor LOGIN");
  const std::string database = address_.substr(address_.find("@/") + 2);
  address_ = server_.AddressOf(database.substr(0, database.find('?')), "visitor");
  EXPECT_NE(Refused().find("CREATE SCHEMA atelier AUTHORIZATION"), std::string::npos);
}

TEST_F(PostgresStore, Promise2ADatabaseThatCouldLoseWhatItAcknowledgedIsRefused) {
  server_.Sql("ALTER SYSTEM SET fsync = off");
  server_.Sql("SELECT pg_reload_conf()");
  RunUntil([&] { return Refused().find("fsync=off") != std::string::npos; });
  server_.Sql("ALTER SYSTEM RESET fsync");
  server_.Sql("SELECT pg_reload_conf()");
  RunUntil([&] { return server_.Sql("SHOW fsync")[0] == "on"; });
}

TEST_F(PostgresStore, Promise9SaysWhatIsWrongWithTheDatabase) {
  Sql("CREATE SCHEMA atelier; CREATE TABLE atelier.mine(x int)");
  EXPECT_NE(Refused().find("belongs to another program"), std::string::npos);
  Sql("DROP SCHEMA atelier CASCADE");
  Sql("ALTER DATABASE " + Sql("SELECT current_database()")[0] +
      " SET default_transaction_read_only = on");
  EXPECT_NE(Refused().find("read-only"), std::string::npos);
  address_ = server_.NewDatabase("ENCODING 'LATIN1' TEMPLATE template0");
  EXPECT_NE(Refused().find("must be UTF8"), std::string::npos);
  address_ = server_.NewDatabase();
  {
    EXPECT_TRUE(Server(*this, Options()));
  }
  Sql("UPDATE atelier.meta SET value = '99' WHERE name = 'schema'");
  EXPECT_NE(Refused().find("newer version (schema 99"), std::string::npos);
}

TEST_F(PostgresStore, AStandbyIsRefused) {
  std::ofstream(server_.data() + "/standby.signal") << "";
  server_.Stop(SIGINT);
  server_.Start();
  EXPECT_NE(Refused().find("standby"), std::string::npos);
  std::filesystem::remove(server_.data() + "/standby.signal");
  server_.Stop(SIGINT);
  server_.Start();
}

TEST_F(PostgresStore, ADataFolderAndADatabaseBelongTogether) {
  {
    EXPECT_TRUE(Server(*this, Options("one")));
  }
  EXPECT_TRUE(IsOfPostgres(Options("one").folder));
  const std::string first = std::exchange(address_, server_.NewDatabase());
  EXPECT_NE(Server(*this, Options("one")).refused.find("The database is empty"), std::string::npos);
  {
    EXPECT_TRUE(Server(*this, Options("two")));
  }
  EXPECT_NE(Server(*this, Options("one")).refused.find("belongs to"), std::string::npos);
  address_ = first;
  EXPECT_TRUE(Server(*this, Options("one")));
  // A store of its own in SQLite is not left behind without a word.
  const std::string folder = Options("three").folder;
  ASSERT_TRUE(OpenSqlite({.folder = folder}, io_.get_executor(), clock_, log_));
  EXPECT_NE(Server(*this, Options("three")).refused.find("in SQLite"), std::string::npos);
}

TEST_F(PostgresStore, FenceASecondServerIsRefusedWhileTheFirstLives) {
  Server first(*this, Options("one"));
  Server second(*this, Options("two"));
  EXPECT_NE(second.refused.find("Another server uses the database: process "), std::string::npos)
      << second.refused;
  EXPECT_TRUE(first.Commit("a"));
  EXPECT_NE(Server(*this, Options("one")).refused.find("Another process uses the data folder"),
            std::string::npos);
  first.Close();
  first.Kill();
  EXPECT_TRUE(Server(*this, Options("two"))) << "an orderly end frees it at once";
}

TEST_F(PostgresStore, FenceTheSameFolderGoesOnAtOnceAfterAKill) {
  {
    EXPECT_TRUE(Server(*this, Options()).Commit("a"));
  }
  Server again(*this, Options());
  ASSERT_TRUE(again) << again.refused;
  EXPECT_TRUE(again.Commit("b"));
}

TEST_F(PostgresStore, FenceWhoLostTheDatabaseWritesNothingMore) {
  Server first(*this, Options("one"));
  ASSERT_TRUE(first.Commit("a", "of the first"));
  EndSession();
  TakeAway();
  Server second(*this, Options("two"));
  ASSERT_TRUE(second) << second.refused;
  ASSERT_TRUE(second.Commit("a", "of the second"));
  const auto late = first.Commit("a", "late");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason(), "TakenOver");
  RunUntil([&] { return !first.lost.empty(); });
  EXPECT_EQ(first.lost, "TakenOver");
  EXPECT_FALSE(first->GetHealth().writable);
  // Nor after the second has gone.
  second.Close();
  EXPECT_EQ(first.Commit("b").error().reason(), "TakenOver");
  EXPECT_EQ(first.Get("a"), "of the second");
}

// What a connection sent before it was given up may arrive late: behind a proxy, or in a backend
// that was not given the processor. By then the group may have been committed on another one.
TEST_F(PostgresStore, FenceALateCopyOfAGroupIsNotWritten) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  const std::string epoch = Sql("SELECT epoch FROM atelier.servers")[0];
  EndSession();
  ASSERT_TRUE(server.Commit("b"));
  EXPECT_THROW(CommitBySql("b", "late", epoch), std::runtime_error);
  EXPECT_EQ(server.Get("b"), "body");
}

// The transaction that looks may itself arrive late, and raise the epoch once more.
TEST_F(PostgresStore, FenceANewerEpochOfItsOwnEndsNothing) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  Sql("UPDATE atelier.servers SET epoch = epoch + 1");
  EXPECT_EQ(server.Commit("b").value(), 2);
  EXPECT_EQ(server.lost, "");
}

TEST_F(PostgresStore, FenceIsNoticedWithoutACommit) {
  PostgresOptions options = Options();
  options.lease = Duration(1'000);
  Server server(*this, std::move(options));
  TakeAway();
  RunUntil([&] { return !server.lost.empty(); });
  EXPECT_EQ(server.lost, "TakenOver");
}

TEST_F(PostgresStore, FenceTheLeaseIsRenewedWhileNothingIsWritten) {
  PostgresOptions options = Options();
  options.lease = Duration(3'000);
  Server server(*this, std::move(options));
  const std::string until = Sql("SELECT until FROM atelier.servers")[0];
  RunUntil([&] { return Sql("SELECT until FROM atelier.servers")[0] != until; });
}

TEST_F(PostgresStore, RewindIsNoticedBeforeAnythingIsWritten) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  ASSERT_TRUE(server.Commit("b"));
  GoBackTo(1);
  EndSession();
  const auto refused = server.Commit("c");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "StoreWentBack");
  RunUntil([&] { return !server.lost.empty(); });
  EXPECT_EQ(server.lost, "StoreWentBack");
  EXPECT_EQ(server.Get("c"), "NotFound");
  // The next start tells how far it went back (store/mark.h).
  server.Kill();
  EXPECT_EQ(Server(*this, Options())->GetOpening().revision, 1);
}

TEST_F(PostgresStore, RewindIsAlsoAnotherHistoryOfTheSameLength) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  Sql("UPDATE atelier.commits SET group_id = gen_random_uuid()");
  EndSession();
  EXPECT_EQ(server.Commit("b").error().reason(), "StoreWentBack");
}

// A group that is refused as a whole brings home what others committed: from then on the database
// must know that, too.
TEST_F(PostgresStore, RewindIsNoticedBehindAGroupThatWasRefusedAsAWhole) {
  Recorder feed;
  Server server(*this, Options());
  server->AddListener(feed);
  ASSERT_TRUE(server.Commit("a"));
  CommitBySql("b", "of another");
  CommitBySql("c", "of another");
  const auto refuse = [&] {
    return test::Run(io_, server->Commit({Write::Put(Kind::kInstance, "b", "mine", 0)}));
  };
  EXPECT_EQ(refuse().error().code(), Code::kAborted);
  EXPECT_EQ(feed.all, "a@1 b@2 c@3 ");
  EXPECT_EQ(refuse().error().code(), Code::kAborted);
  EXPECT_EQ(feed.all, "a@1 b@2 c@3 ");
  GoBackTo(2);
  EndSession();
  EXPECT_EQ(refuse().error().reason(), "StoreWentBack");
}

TEST_F(PostgresStore, ANewConnectionShowsWhatOthersCommittedMeanwhile) {
  Recorder feed;
  PostgresOptions options = Options();
  options.lease = Duration(1'000);
  Server server(*this, std::move(options));
  server->AddListener(feed);
  ASSERT_TRUE(server.Commit("a"));
  CommitBySql("b", "of another");
  EndSession();
  RunUntil([&] { return feed.all == "a@1 b@2 "; });
  EXPECT_EQ(server.lost, "");
  EXPECT_EQ(server.Commit("c").value(), 3);
  EXPECT_EQ(feed.all, "a@1 b@2 c@3 ");
}

TEST_F(PostgresStore, ASessionThatWasEndedIsReplaced) {
  Server server(*this, Options());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(server.Commit("a", std::to_string(i)));
    ASSERT_EQ(server.Get("a"), std::to_string(i));
    EndSession();
  }
  EXPECT_TRUE(server.Commit("a", "last"));
  EXPECT_EQ(server.Get("a"), "last");
}

// A pooler's own words for a server that went away are of class 08, and say nothing of the COMMIT.
TEST_F(PostgresStore, BehindPgBouncerSessionsThatWereEndedAreReplacedToo) {
  const auto behind = [this](const std::string& folder) {
    PostgresOptions options = Options(folder);
    options.address = test::PgBouncer::Shared().Before(address_);
    return options;
  };
  Server server(*this, behind("one"));
  ASSERT_TRUE(server) << server.refused;
  for (int i = 0; i < 3; ++i) {
    RunUntil([&] { return server.Commit("a", std::to_string(i)).has_value(); });
    RunUntil([&] { return server.Get("a") == std::to_string(i); });
    Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
  }
  RunUntil([&] {  // at first the pooler may offer one of the sessions that were ended
    return Server(*this, behind("two")).refused.find("Another server uses the database") !=
           std::string::npos;
  });
  TakeAway();
  RunUntil([&] { return server.Commit("a", "late").error().reason() == "TakenOver"; });
}

TEST_F(PostgresStore, Promise10ARestartOfTheDatabaseHeals) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  server_.Stop(SIGINT);
  const auto away = server.Commit("b");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code(), Code::kUnavailable);
  EXPECT_FALSE(server->GetHealth().writable);
  EXPECT_EQ(away.error().message().find(parent_.path()), std::string::npos);
  EXPECT_EQ(server.Get("a"), "Unavailable");
  server_.Start();
  RunUntil([&] { return server->GetHealth().writable; });
  EXPECT_TRUE(server.Commit("b"));
  EXPECT_EQ(server.Get("a"), "body");
}

TEST_F(PostgresStore, Promise2ACrashOfTheDatabaseLosesNothingAcknowledged) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  server_.Stop(SIGQUIT);
  server_.Start();
  RunUntil([&] { return server.Commit("b").has_value(); });
  EXPECT_EQ(server.Get("a"), "body");
}

// The backend ends while it commits, before it has: PostgreSQL runs deferred triggers at COMMIT.
TEST_F(PostgresStore, UnknownAGroupThatWasNotCommittedIsCommittedOnceAfterAll) {
  Recorder feed;
  Server server(*this, Options());
  server->AddListener(feed);
  ASSERT_TRUE(server.Commit("a"));
  CommitBySql("x", "of another");
  Sql("CREATE SEQUENCE times;"
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF nextval('times') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
      " RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON atelier.commits DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION die()");
  EXPECT_EQ(server.Commit("b").value(), 3);
  EXPECT_EQ(Sql("SELECT last_value FROM times")[0], "2");
  EXPECT_EQ(Sql("SELECT count(*) FROM atelier.commits")[0], "3");
  EXPECT_EQ(Sql("SELECT count(*) FROM atelier.changes")[0], "3");
  EXPECT_EQ(feed.all, "a@1 x@2 b@3 ");
}

/// Where every COMMIT waits for a standby that is not there.
class PostgresWithoutItsStandby : public PostgresStore {
 protected:
  void TakeStandby() {
    server_.Sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server_.Sql("SELECT pg_reload_conf()");
    RunUntil([&] { return server_.Sql("SHOW synchronous_standby_names")[0] == "nobody"; });
  }
  void GiveStandby() {
    server_.Sql("ALTER SYSTEM RESET synchronous_standby_names");
    server_.Sql("SELECT pg_reload_conf()");
  }
  /// The pid of the store's backend that waits, and is not `but`.
  std::string AwaitWaiting(const std::string& but = "0") {
    return Await(
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
        "application_name = 'atelier' AND pid <> " +
        but);
  }
  void Begin(Server& server, Batch batch) {
    asio::co_spawn(io_, server->Commit(std::move(batch)),
                   [this](const std::exception_ptr&, Result<model::Revision> outcome) {
                     answer_.emplace(std::move(outcome));
                   });
  }
  void TearDown() override { GiveStandby(); }

  std::optional<Result<model::Revision>> answer_;
};

// The backend ends after it has committed, and says nothing: it waited for a standby.
TEST_F(PostgresWithoutItsStandby, UnknownAGroupThatWasCommittedIsAnsweredOnceTheStandbyHasIt) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  TakeStandby();
  Begin(server, {Write::Put(Kind::kInstance, "b", "1"), Write::Delete(Kind::kInstance, "none"),
                 Write::Delete(Kind::kInstance, "a")});
  const std::string first = AwaitWaiting();
  server_.Sql("SELECT pg_terminate_backend(" + first + ")");
  AwaitWaiting(first);  // that of the transaction that looks
  EXPECT_FALSE(answer_) << "it was acknowledged before the standby had it";
  GiveStandby();
  RunUntil([&] { return answer_.has_value(); });
  ASSERT_TRUE(*answer_) << answer_->error().ToString();
  EXPECT_EQ(**answer_, 2);
  EXPECT_EQ(server.Get("a"), "NotFound");
  EXPECT_EQ(Sql("SELECT count(*) FROM atelier.commits")[0], "2");
  EXPECT_EQ(server.Commit("c").value(), 3);
}

// A wait that is cancelled answers COMMIT with success and a warning (01000).
TEST_F(PostgresWithoutItsStandby, UnknownAGroupBringsHomeWhatOthersCommittedBeforeAndBehindIt) {
  Recorder feed;
  Server server(*this, Options());
  server->AddListener(feed);
  ASSERT_TRUE(server.Commit("a"));
  CommitBySql("x", "of another");
  TakeStandby();
  Begin(server, {Write::Put(Kind::kInstance, "b", "1")});
  const std::string first = AwaitWaiting();
  server_.Sql("SELECT pg_terminate_backend(" + first + ")");
  AwaitWaiting(first);
  GiveStandby();
  RunUntil([&] { return answer_.has_value(); });
  ASSERT_TRUE(*answer_) << answer_->error().ToString();
  EXPECT_EQ(**answer_, 3);
  EXPECT_EQ(feed.all, "a@1 x@2 b@3 ");
  EXPECT_EQ(server.lost, "");
}

TEST_F(PostgresWithoutItsStandby, UnknownACommitWithAWarningIsNotAcknowledged) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  TakeStandby();
  Begin(server, {Write::Put(Kind::kInstance, "b", "1")});
  const std::string first = AwaitWaiting();
  server_.Sql("SELECT pg_cancel_backend(" + first + ")");
  AwaitWaiting(first);
  EXPECT_FALSE(answer_);
  GiveStandby();
  RunUntil([&] { return answer_.has_value(); });
  EXPECT_EQ(answer_->value(), 2);
}

TEST_F(PostgresWithoutItsStandby, UnknownIsSaidToWhoHasWaitedLongEnough) {
  PostgresOptions options = Options();
  options.commit_timeout = Duration(2'000);  // also on a busy machine the first one is made in it
  Server server(*this, std::move(options));
  ASSERT_TRUE(server.Commit("a"));
  TakeStandby();
  Begin(server, {Write::Put(Kind::kInstance, "b", "1")});
  RunUntil([&] { return answer_.has_value(); });
  ASSERT_FALSE(*answer_);
  EXPECT_EQ(answer_->error().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(answer_->error().reason(), "StoreSlow");
  GiveStandby();
  RunUntil([&] { return server.Commit("c").has_value(); });
  EXPECT_EQ(server.Get("b"), "1") << "it was written, whole, once";
}

TEST_F(PostgresWithoutItsStandby, UnknownHoldsUpNobodyElseWhileTheDatabaseIsAway) {
  PostgresOptions options = Options();
  options.commit_timeout = Duration(3'000);
  Server server(*this, std::move(options));
  ASSERT_TRUE(server.Commit("a"));
  TakeStandby();
  Begin(server, {Write::Put(Kind::kInstance, "b", "1")});
  AwaitWaiting();
  server_.Stop(SIGQUIT);
  // One that comes before that is noticed may wait for as long as patience lasts.
  RunUntil([&] { return server.Commit("c").error().reason() == "StoreUnavailable"; });
  server_.Start();
  GiveStandby();
  RunUntil([&] { return server.Commit("c").has_value(); });
  EXPECT_EQ(server.Get("b"), "1");
}

TEST_F(PostgresStore, Promise10AFullDiskRefusesAllButStopsAndDeletes) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  Sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;"
      "CREATE TRIGGER full_disk BEFORE INSERT ON atelier.records_instance "
      "FOR EACH ROW EXECUTE FUNCTION full_disk()");
  const auto full = server.Commit("b");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(full.error().reason(), "DiskFull");
  EXPECT_FALSE(server->GetHealth().writable);
  EXPECT_TRUE(test::Run(io_, server->CommitFromReserve({Write::Delete(Kind::kInstance, "a")})));
  EXPECT_EQ(server.Get("a"), "NotFound");
  Sql("DROP TRIGGER full_disk ON atelier.records_instance");
  RunUntil([&] { return server->GetHealth().writable; });
  EXPECT_TRUE(server.Commit("b"));
}

TEST_F(PostgresStore, Promise10AReadOnlyDatabaseRefusesWritesAndHeals) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  const std::string name = Sql("SELECT current_database()")[0];
  Sql("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
  EndSession();
  const auto refused = server.Commit("b");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "The database is read-only: nothing was changed. Reads go on; try again later.");
  EXPECT_EQ(server.Get("a"), "body");
  server_.Sql("ALTER DATABASE " + name + " RESET default_transaction_read_only");
  EndSession();
  RunUntil([&] { return server->GetHealth().writable; });
  EXPECT_TRUE(server.Commit("b"));
}

TEST_F(PostgresStore, WhoeverHoldsTheLockHoldsUpWritesForSecondsOnly) {
  Server server(*this, Options());
  Sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " RAISE EXCEPTION 'held up' USING ERRCODE = '55P03'; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON atelier.commits "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  EXPECT_EQ(server.Commit("a").error().code(), Code::kUnavailable);
  Sql("DROP TRIGGER refuse ON atelier.commits");
  EXPECT_TRUE(server.Commit("a"));
}

TEST_F(PostgresStore, WhatAnotherTransactionGotInTheWayOfIsTriedAgain) {
  Server server(*this, Options());
  Sql("CREATE SEQUENCE times;"
      "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF nextval('times') < 3 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF;"
      " RETURN NEW; END $$;"
      "CREATE TRIGGER lose BEFORE INSERT ON atelier.commits FOR EACH ROW EXECUTE FUNCTION lose()");
  EXPECT_EQ(server.Commit("a").value(), 1);
  EXPECT_EQ(Sql("SELECT last_value FROM times")[0], "3");
}

// A key that no index can hold is one batch's own fault: the others of its group commit.
TEST_F(PostgresStore, WhatTheDatabaseCannotKeepHarmsNobodyElse) {
  Server server(*this, Options());
  // The others wait meanwhile, and become one group.
  Sql("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF NEW.key = 'slow' THEN PERFORM pg_sleep(0.5); END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER dawdle BEFORE INSERT ON atelier.records_instance "
      "FOR EACH ROW EXECUTE FUNCTION dawdle()");
  std::string huge;
  while (huge.size() < 20'000) huge += random_->LowerAlnum(100);  // does not compress below a page
  const std::vector<std::string> keys = {"slow", "a", huge, "b"};
  std::vector<std::optional<Result<model::Revision>>> answers(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    asio::co_spawn(io_, server->Commit({Write::Put(Kind::kInstance, keys[i], "body")}),
                   [&answers, i](const std::exception_ptr&, Result<model::Revision> outcome) {
                     answers[i].emplace(std::move(outcome));
                   });
  }
  RunUntil(
      [&] { return std::ranges::all_of(answers, [](const auto& a) { return a.has_value(); }); });
  EXPECT_EQ(answers[1]->value(), 2);
  ASSERT_FALSE(*answers[2]);
  EXPECT_EQ(answers[2]->error().code(), Code::kInvalidArgument);
  EXPECT_EQ(answers[3]->value(), 3);
  EXPECT_EQ(server.Get("b"), "body");
}

TEST_F(PostgresStore, StopEndsAlsoWhileTheDatabaseIsAway) {
  Server server(*this, Options());
  ASSERT_TRUE(server.Commit("a"));
  server_.Stop(SIGINT);
  const auto began = std::chrono::steady_clock::now();
  server.Close();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(15));
  server_.Start();
}

// Revisions come in partitions of a million; old ones are dropped whole, the latest never.
TEST_F(PostgresStore, OldPartitionsAreDropped) {
  {
    EXPECT_TRUE(Server(*this, Options()).Commit("a"));
  }
  Sql("SELECT atelier.keep_partitions(1500000);"
      "INSERT INTO atelier.commits(first, last, group_id, epoch, revisions, missed) "
      "VALUES (2, 2400000, gen_random_uuid(), 1, '{2400000}', '{}'), "
      "(2400001, 2400001, gen_random_uuid(), 1, '{2400001}', '{}');"
      "UPDATE atelier.commits SET at = now() - interval '2 hours'");
  Server server(*this, Options());
  ASSERT_TRUE(server) << server.refused;
  EXPECT_EQ(server.Commit("b").value(), 2'400'002);
  EXPECT_EQ(Sql("SELECT relname FROM pg_class WHERE relname ~ '^commits_[0-9]+$' ORDER BY 1"),
            (std::vector<std::string>{"commits_1", "commits_2", "commits_3"}));
  EXPECT_EQ(Sql("SELECT relname FROM pg_class WHERE relname ~ '^changes_[0-9]+$' ORDER BY 1"),
            (std::vector<std::string>{"changes_1", "changes_2", "changes_3"}));
}

TEST_F(PostgresStore, ADatabaseThatAnOlderVersionUsesIsNotBroughtToThisOne) {
  {
    EXPECT_TRUE(Server(*this, Options()).Commit("a"));
  }
  // As schema 1 has it, but for what this test has no need of.
  Sql("UPDATE atelier.servers SET until = now() + interval '1 hour';"
      "ALTER TABLE atelier.servers RENAME TO server;"
      "ALTER TABLE atelier.server DROP COLUMN shared, DROP CONSTRAINT servers_pkey, "
      "ADD COLUMN one boolean PRIMARY KEY DEFAULT true;"
      "DROP FUNCTION atelier.changes_after;"
      "UPDATE atelier.meta SET value = '1' WHERE name = 'schema'");
  EXPECT_NE(Refused().find("another server uses it, of an older version: process "),
            std::string::npos)
      << Refused();
  Sql("UPDATE atelier.server SET until = '-infinity'");
  Server server(*this, Options());
  ASSERT_TRUE(server) << server.refused;
  EXPECT_EQ(server.Commit("b").value(), 2);
}

/// Several that share one database.
class PostgresFleet : public PostgresStore {
 protected:
  /// One of them, and what its listeners were shown.
  struct Member {
    Member(PostgresFleet& test, PostgresOptions options) : server(test, std::move(options)) {
      if (server) server->AddListener(feed);
    }
    Recorder feed;
    Server server;
  };
  PostgresOptions Sharing(const std::string& folder) {
    PostgresOptions options = Options(folder);
    options.shared = true;
    options.look_every = Duration(3'600'000);  // so that only what is tested looks
    options.look_timeout = Duration(10'000);   // for a busy machine
    return options;
  }
  std::unique_ptr<Member> Join(const std::string& folder) { return Join(Sharing(folder)); }
  std::unique_ptr<Member> Join(PostgresOptions options) {
    auto member = std::make_unique<Member>(*this, std::move(options));
    if (!member->server) throw std::runtime_error(member->server.refused);
    return member;
  }
  Status CatchUp(Member& member) { return test::Run(io_, member.server->CatchUp()); }
};

TEST_F(PostgresFleet, OneThatSharesAndOneThatDoesNotAreNeverTogether) {
  {
    Server alone(*this, Options("alone"));
    ASSERT_TRUE(alone);
    EXPECT_NE(Server(*this, Sharing("one")).refused.find("Another server uses the database"),
              std::string::npos);
    alone.Close();
  }
  const auto one = Join("one");
  const auto two = Join("two");
  EXPECT_TRUE(one->server.Commit("a"));
  EXPECT_TRUE(two->server.Commit("b"));
  EXPECT_NE(Server(*this, Options("alone")).refused.find("Another server uses the database"),
            std::string::npos);
  one->server.Close();
  EXPECT_NE(Server(*this, Options("alone")).refused.find("Another server uses the database"),
            std::string::npos);
  two->server.Close();
  Server alone(*this, Options("alone"));
  EXPECT_TRUE(alone) << alone.refused;
}

TEST_F(PostgresFleet, FFenceWhoeverTakesItForThemselvesShutsTheOthersOut) {
  const auto one = Join("one");
  ASSERT_TRUE(one->server.Commit("a"));
  Sql("UPDATE atelier.servers SET until = '-infinity'");  // not heard of for ten seconds
  Server alone(*this, Options("alone"));
  ASSERT_TRUE(alone) << alone.refused;
  EXPECT_EQ(one->server.Commit("b").error().reason(), "TakenOver");
  RunUntil([&] { return one->server.lost == "TakenOver"; });
}

TEST_F(PostgresFleet, FFreshACatchUpFindsWhatAnotherWasAnswered) {
  const auto one = Join("one");
  const auto two = Join("two");
  std::string want;
  for (int i = 1; i <= 50; ++i) {
    Member& writer = i % 2 == 0 ? *one : *two;
    Member& reader = i % 2 == 0 ? *two : *one;
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(writer.server.Commit(key).value(), i);
    want += fmt::format("{}@{} ", key, i);
    ASSERT_TRUE(CatchUp(reader));
    ASSERT_EQ(reader.feed.all, want);
  }
}

TEST_F(PostgresFleet, FOrderIsTheSameForAllWithoutGaps) {
  constexpr int kEach = 60;
  PostgresOptions busy = Sharing("three");
  busy.look_every = Duration(1);
  const std::vector<std::unique_ptr<Member>> members = [&] {
    std::vector<std::unique_ptr<Member>> three;
    three.push_back(Join("one"));
    three.push_back(Join("two"));
    three.push_back(Join(busy));
    return three;
  }();
  int answered = 0;
  std::vector<model::Revision> revisions;
  for (int i = 0; i < kEach; ++i) {
    for (std::size_t m = 0; m < members.size(); ++m) {
      // Every third is fought for by all of them.
      const std::string key = i % 3 == 0 ? fmt::format("k{}", i) : fmt::format("k{}of{}", i, m);
      asio::co_spawn(io_, members[m]->server->Commit({Write::Put(Kind::kInstance, key, "", 0)}),
                     [&](const std::exception_ptr&, Result<model::Revision> outcome) {
                       ++answered;
                       if (outcome) revisions.push_back(*outcome);
                     });
    }
  }
  RunUntil([&] { return answered == kEach * 3; });
  std::ranges::sort(revisions);
  ASSERT_EQ(revisions.size(), 20U + 40U * 3U);
  for (std::size_t i = 0; i < revisions.size(); ++i)
    EXPECT_EQ(revisions[i], static_cast<model::Revision>(i) + 1);
  for (const auto& member : members) ASSERT_TRUE(CatchUp(*member));
  std::string want;
  for (const std::string& row :
       Sql("SELECT convert_from(key, 'UTF8') || '@' || revision FROM atelier.records ORDER BY "
           "revision"))
    want += row + " ";
  for (const auto& member : members) EXPECT_EQ(member->feed.all, want);
}

TEST_F(PostgresFleet, ChangesComeWithoutBeingAskedFor) {
  const auto one = Join("one");
  PostgresOptions looking = Sharing("two");
  looking.look_every = Duration(10);
  const auto two = Join(std::move(looking));
  ASSERT_TRUE(CatchUp(*two));
  ASSERT_TRUE(one->server.Commit("a"));
  RunUntil([&] { return two->feed.all == "a@1 "; });
}

// A look that is under way when a read comes may have begun before what the read must see.
TEST_F(PostgresFleet, ManyReadsShareOneLook) {
  const auto one = Join("one");
  ASSERT_TRUE(CatchUp(*one));
  Sql("CREATE SEQUENCE looks;"
      "ALTER FUNCTION atelier.changes_after RENAME TO changes_after_this;"
      "CREATE FUNCTION atelier.changes_after(a text, b bigint, c uuid, d int) RETURNS "
      "TABLE(state text, ours boolean, head bigint, upto bigint, upto_group uuid, revision bigint, "
      "op smallint, kind smallint, key bytea, body bytea) LANGUAGE sql AS $$"
      " SELECT nextval('public.looks'), pg_sleep(0.03); SELECT * FROM "
      "atelier.changes_after_this(a, b, c, d) $$");
  int answered = 0;
  for (int i = 0; i < 500; ++i) {
    asio::co_spawn(io_, one->server->CatchUp(),
                   [&](const std::exception_ptr&, const Status& outcome) {
                     EXPECT_TRUE(outcome);
                     ++answered;
                   });
  }
  RunUntil([&] { return answered == 500; });
  EXPECT_LT(std::stoi(Sql("SELECT last_value FROM looks")[0]), 20);
}

TEST_F(PostgresFleet, StalenessIsSaidWhileTheDatabaseIsAway) {
  const auto one = Join("one");
  ASSERT_TRUE(one->server.Commit("a"));
  ASSERT_TRUE(CatchUp(*one));
  const Duration age = one->server->Age();
  server_.Stop(SIGINT);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(CatchUp(*one).error().code(), Code::kUnavailable);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(CatchUp(*one));  // at once
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_GT(one->server->Age(), age);
  server_.Start();
  RunUntil([&] { return CatchUp(*one).has_value(); });
  const auto back = std::chrono::steady_clock::now() - began;
  EXPECT_LT(one->server->Age(), std::chrono::duration_cast<Duration>(back));
}

TEST_F(PostgresFleet, WhoReadsIsNotHeldUpByADatabaseThatHangs) {
  PostgresOptions options = Sharing("one");
  options.look_timeout = PostgresOptions().look_timeout;
  const auto one = Join(std::move(options));
  RunUntil([&] { return CatchUp(*one).has_value(); });  // once it is connected
  Sql("ALTER FUNCTION atelier.changes_after RENAME TO changes_after_this;"
      "CREATE FUNCTION atelier.changes_after(a text, b bigint, c uuid, d int) RETURNS "
      "TABLE(state text, ours boolean, head bigint, upto bigint, upto_group uuid, revision bigint, "
      "op smallint, kind smallint, key bytea, body bytea) LANGUAGE sql AS $$"
      " SELECT pg_sleep(2); SELECT * FROM atelier.changes_after_this(a, b, c, d) $$");
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(CatchUp(*one).error().code(), Code::kUnavailable);
  EXPECT_FALSE(CatchUp(*one));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1'500));
  Sql("DROP FUNCTION atelier.changes_after;"
      "ALTER FUNCTION atelier.changes_after_this RENAME TO changes_after");
  RunUntil([&] { return CatchUp(*one).has_value(); });
}

TEST_F(PostgresFleet, WhoIsFarBehindLooksInPartsAndLosesNothing) {
  const auto one = Join("one");
  const auto two = Join("two");
  ASSERT_TRUE(one->server.Commit("a"));
  ASSERT_TRUE(two->server.Commit("b"));
  Sql("SELECT count(*) FROM generate_series(1, 2500) n, (SELECT life, epoch FROM atelier.servers "
      "LIMIT 1) s, LATERAL atelier.commit_group(s.life, s.epoch, '10s', gen_random_uuid(), "
      "1000000, "
      "1, '{1}', '{0}', '{9}', ARRAY[convert_to('k' || n, 'UTF8')], ARRAY[''::bytea], '{-1}')");
  EXPECT_EQ(one->server.Commit("c").value(), 2503);
  std::string want = "a@1 b@2 ";
  for (int i = 1; i <= 2500; ++i) want += fmt::format("k{}@{} ", i, i + 2);
  want += "c@2503 ";
  EXPECT_EQ(one->feed.all, want);
  ASSERT_TRUE(CatchUp(*two));
  EXPECT_EQ(two->feed.all, want);
}

TEST_F(PostgresFleet, AStartShowsOneMomentAndTheFeedGoesOnFromThere) {
  const auto one = Join("one");
  ASSERT_TRUE(one->server.Commit("a"));
  const auto two = Join("two");
  ASSERT_TRUE(one->server.Commit("a", "later"));
  ASSERT_TRUE(one->server.Commit("b"));
  std::string loaded;
  const auto load = [&loaded](const Record& record) {
    loaded += fmt::format("{}@{} ", record.key, record.revision);
  };
  ASSERT_TRUE(two->server->LoadBlocking(Kind::kInstance, load));
  const auto bulk = two->server->OpenBulkBlocking(Kind::kInstance);
  ASSERT_TRUE(bulk);
  ASSERT_TRUE((*bulk)->ReadBlocking(0, (*bulk)->size(), load));
  EXPECT_EQ(loaded, "a@1 a@1 ");
  EXPECT_EQ(two->server->GetOpening().revision, 1);
  ASSERT_TRUE(CatchUp(*two));
  EXPECT_EQ(two->feed.all, "a@2 b@3 ");
}

TEST_F(PostgresFleet, WhoWasAwayForLongerThanChangesAreKeptEnds) {
  const auto one = Join("one");
  const auto two = Join("two");
  ASSERT_TRUE(CatchUp(*two));
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(one->server.Commit(key));
  Sql("DELETE FROM atelier.commits WHERE first < 3; DELETE FROM atelier.changes WHERE revision < "
      "3");
  EXPECT_FALSE(CatchUp(*two));
  EXPECT_EQ(two->server.Commit("d").error().reason(), "FellBehind");
  RunUntil([&] { return two->server.lost == "FellBehind"; });
  EXPECT_EQ(two->feed.all, "");
  EXPECT_TRUE(one->server.Commit("d"));
  two->server.Kill();
  const auto again = Join("two");
  EXPECT_EQ(again->server->GetOpening().revision, 4);
}

TEST_F(PostgresFleet, FRewindIsNoticedByWhoOnlyReads) {
  const auto one = Join("one");
  const auto two = Join("two");
  ASSERT_TRUE(one->server.Commit("a"));
  ASSERT_TRUE(one->server.Commit("b"));
  ASSERT_TRUE(CatchUp(*two));
  GoBackTo(1);
  EXPECT_FALSE(CatchUp(*two));
  RunUntil([&] { return two->server.lost == "StoreWentBack"; });
}

TEST_F(PostgresFleet, AHoleInTheHistoryIsNotSkipped) {
  const auto one = Join("one");
  const auto two = Join("two");
  ASSERT_TRUE(one->server.Commit("a"));
  ASSERT_TRUE(CatchUp(*two));
  for (const char* key : {"b", "c"}) ASSERT_TRUE(one->server.Commit(key));
  Sql("DELETE FROM atelier.commits WHERE first = 2; DELETE FROM atelier.changes WHERE revision = "
      "2");
  EXPECT_FALSE(CatchUp(*two));
  RunUntil([&] { return two->server.lost == "StoreHasHole"; });
  EXPECT_EQ(two->feed.all, "a@1 ");
}

TEST_F(PostgresFleet, SessionsThatAreEndedAreReplaced) {
  const auto one = Join("one");
  const auto two = Join("two");
  std::string want;
  for (int i = 1; i <= 10; ++i) {
    RunUntil([&] { return one->server.Commit("a").has_value(); });
    EndSession();
    RunUntil([&] { return CatchUp(*two).has_value(); });
    want = "a@" + Sql("SELECT last FROM atelier.commits ORDER BY first DESC LIMIT 1")[0] + " ";
    EXPECT_TRUE(two->feed.all.ends_with(want)) << two->feed.all << want;
  }
}

TEST_F(PostgresFleet, StopAnswersWhoWaits) {
  const auto one = Join("one");
  ASSERT_TRUE(CatchUp(*one));
  one->server.Close();
  EXPECT_EQ(CatchUp(*one).error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace atelier::store
