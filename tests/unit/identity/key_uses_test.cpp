// The last use of access keys: seen at once, written down for all keys together, and never in the
// way of what a key may do.
#include "identity/key_uses.h"

#include <chrono>
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

/// What a server has of the identities, over a store that outlives it.
struct Server {
  explicit Server(store::Store& of, Clock& clock, const SealedBox& box)
      : directory(box), uses(of, directory, clock) {
    of.AddListener(directory);
    EXPECT_TRUE(directory.Load(of));
  }
  IdentityDirectory directory;
  KeyUses uses;
};

class KeyUsesTest : public ::testing::Test {
 protected:
  KeyUsesTest() : service_(*store_, server_.directory, box_, clock_, *random_) {
    root_ = Do(service_.Bootstrap("main"))->id;
    ada_ = Do(service_.CreateUser("ada", "Ada L.", actor_))->id;
    key_ = Do(service_.CreateAccessKey(ada_, actor_))->id;
  }

  template <class T>
  T Do(Task<T> task) {
    return atelier::test::Run(io_, std::move(task));
  }
  static Caller By(std::string key, std::string address = "192.0.2.7") {
    Caller caller;
    caller.access_key_id = std::move(key);
    caller.source_ip = std::move(address);
    return caller;
  }
  /// "DSW from 192.0.2.7 at 0 s".
  std::string Last(const KeyUses& uses, const std::string& key) const {
    const auto use = uses.Find(key);
    if (!use) return "never";
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(use->used - kStart);
    return use->service + " from " + use->address + " at " + std::to_string(at.count()) + " s";
  }
  std::size_t Records() {
    std::size_t count = 0;
    EXPECT_TRUE(store_->LoadBlocking(Kind::kKeyUse, [&](const auto&) { ++count; }));
    return count;
  }

  asio::io_context io_;
  ManualClock clock_{kStart};
  std::unique_ptr<Random> random_ = MakeSeededRandom(3);
  const SealedBox box_ = SealedBox::ForTest();
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  Server server_{*store_, clock_, box_};
  IdentityService service_;
  KeyUses& uses_ = server_.uses;
  const model::Actor actor_{
      .principal = "t", .request_id = "r", .source_ip = "", .operation = "Test"};
  std::string root_;
  model::UserId ada_;
  std::string key_;
};

TEST_F(KeyUsesTest, TellWhenFromWhereAndForWhat) {
  EXPECT_EQ(Last(uses_, key_), "never");
  uses_.Note(By(key_), "DSW");
  EXPECT_EQ(Last(uses_, key_), "DSW from 192.0.2.7 at 0 s");
  clock_.Advance(90s);
  uses_.Note(By(key_, "2001:db8::1"), "EAS");
  EXPECT_EQ(Last(uses_, key_), "EAS from 2001:db8::1 at 90 s");
  EXPECT_EQ(Last(uses_, root_), "never");
}

TEST_F(KeyUsesTest, OutliveTheServerThatWroteThemDown) {
  uses_.Note(By(key_), "DSW");
  ASSERT_TRUE(Do(uses_.WriteDown()));
  clock_.Advance(10s);
  uses_.Note(By(key_), "EAS");  // not written down
  const Server next(*store_, clock_, box_);
  EXPECT_EQ(Last(next.uses, key_), "DSW from 192.0.2.7 at 0 s");
}

TEST_F(KeyUsesTest, AreOneCommitHoweverManyRequestsThereWere) {
  for (int i = 0; i < 1000; ++i) {
    uses_.Note(By(key_), "DSW");
    uses_.Note(By(root_), "RAM");
  }
  const auto before = server_.directory.RevisionOf(Kind::kKeyUse, key_);
  EXPECT_EQ(before, 0);
  ASSERT_TRUE(Do(uses_.WriteDown()));
  const auto written = server_.directory.RevisionOf(Kind::kKeyUse, key_);
  EXPECT_EQ(server_.directory.RevisionOf(Kind::kKeyUse, root_), written) << "the same commit";
  // Nothing was noted since: nothing is written.
  ASSERT_TRUE(Do(uses_.WriteDown()));
  EXPECT_EQ(server_.directory.RevisionOf(Kind::kKeyUse, key_), written);
}

TEST_F(KeyUsesTest, ChangeNothingThatAKeyRestsOn) {
  const auto version = server_.directory.version();
  const KeyEntry* entry = server_.directory.FindKey(key_);
  uses_.Note(By(key_), "DSW");
  ASSERT_TRUE(Do(uses_.WriteDown()));
  EXPECT_EQ(server_.directory.version(), version) << "callers are found anew";
  EXPECT_EQ(server_.directory.FindKey(key_), entry);
}

TEST_F(KeyUsesTest, OfAnotherServerAreNotOverwrittenByOlderOnes) {
  Server other(*store_, clock_, box_);
  uses_.Note(By(key_), "DSW");
  clock_.Advance(60s);
  other.uses.Note(By(key_, "192.0.2.8"), "EAS");
  ASSERT_TRUE(Do(other.uses.WriteDown()));
  ASSERT_TRUE(Do(uses_.WriteDown()));
  EXPECT_EQ(Last(uses_, key_), "EAS from 192.0.2.8 at 60 s");
  EXPECT_EQ(Last(other.uses, key_), "EAS from 192.0.2.8 at 60 s");
}

TEST_F(KeyUsesTest, EndWithTheKey) {
  uses_.Note(By(key_), "DSW");
  ASSERT_TRUE(Do(uses_.WriteDown()));
  uses_.Note(By(key_), "DSW");
  ASSERT_TRUE(Do(service_.DeleteAccessKey(key_, actor_)));
  EXPECT_EQ(Records(), 0U);
  ASSERT_TRUE(Do(uses_.WriteDown()));
  EXPECT_EQ(Records(), 0U) << "what was noted before brings nothing back";
  EXPECT_EQ(Last(uses_, key_), "never");
}

TEST_F(KeyUsesTest, AreNotOfBrowsersTemporaryKeysOrNobody) {
  Caller browser = By(key_);
  browser.session = "a session";
  uses_.Note(browser, "DSW");
  EXPECT_EQ(Last(uses_, key_), "never");
  uses_.Note(By("STS.nobody"), "DSW");
  EXPECT_EQ(Last(uses_, "STS.nobody"), "never");
  ASSERT_TRUE(Do(uses_.WriteDown()));
  EXPECT_EQ(Records(), 0U);
}

}  // namespace
}  // namespace atelier::identity
