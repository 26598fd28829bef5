// Whether a store that went back is noticed (promise 3).
#include "store/mark.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/recorded_log.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

class StoreMark : public testing::Test {
 protected:
  /// One start of a server, until the end of the scope or Kill.
  class Server {
   public:
    Server(StoreMark& test, const std::string& store, Opening opening)
        : test_(test),
          mark_(test.path_, opening, test.io_.get_executor(), test.pool_, test.clock_, test.log_) {
      test::Run(test.io_, mark_.Compare(store));
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { Settle(); }

    void Commit(model::Revision revision) {
      const Change change{
          .op = Write::Op::kPut,
          .record = {.kind = Kind::kInstance, .key = "dsw-1", .revision = revision, .body = "{}"}};
      mark_.Apply({&change, 1});
    }
    /// All that happens by itself.
    void Settle() {
      test_.io_.restart();
      test_.io_.run();
    }
    Mark& operator*() { return mark_; }
    Mark* operator->() { return &mark_; }

   private:
    StoreMark& test_;
    Mark mark_;
  };

  bool Logged(std::string_view part) const {
    for (const std::string& line : log_.lines) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }

  asio::io_context io_;
  Pool pool_{1};
  SystemClock clock_;
  test::RecordedLog log_;
  test::TempDir parent_;
  std::string path_ = parent_.path() + "/instances/.store-mark";  // the folder is not there yet
};

TEST_F(StoreMark, Promise3AnOlderStoreIsNoticedUntilSomebodyDismissesIt) {
  {
    Server server(*this, "one", {.revision = 3});
    EXPECT_FALSE(server->report());
    server.Commit(7);
  }
  {
    EXPECT_FALSE(Server(*this, "one", {.revision = 7})->report());
  }
  EXPECT_FALSE(Logged("store.went_back"));
  {
    Server server(*this, "one", {.revision = 5});
    ASSERT_TRUE(server->report());
    EXPECT_EQ(server->report()->had, 7);
    EXPECT_EQ(server->report()->revision, 5);
    EXPECT_FALSE(server->report()->other_store);
    EXPECT_NE(Text(*server->report()).find("from revision 7 to 5"), std::string::npos);
    EXPECT_TRUE(Logged("store.went_back"));
    server.Commit(9);  // it is past the place now, and what was lost stays lost
  }
  Server server(*this, "one", {.revision = 9});
  ASSERT_TRUE(server->report());
  EXPECT_EQ(server->report()->had, 7);
  ASSERT_TRUE(test::Run(io_, server->Dismiss()));
  EXPECT_FALSE(server->report());
  EXPECT_FALSE(Server(*this, "one", {.revision = 9})->report());
}

TEST_F(StoreMark, Promise3AnotherStoreIsNoticed) {
  {
    Server(*this, "one", {.revision = 7});
  }
  Server server(*this, "two", {.revision = 900});
  ASSERT_TRUE(server->report());
  EXPECT_TRUE(server->report()->other_store);
  ASSERT_TRUE(test::Run(io_, server->Dismiss()));
  EXPECT_FALSE(Server(*this, "two", {.revision = 900})->report());
}

TEST_F(StoreMark, Promise3ALogThatLostItsEndIsNoticed) {
  Server server(*this, "one", {.revision = 7, .commits_cut = 13});
  ASSERT_TRUE(server->report());
  EXPECT_EQ(server->report()->commits_cut, 13);
  EXPECT_NE(Text(*server->report()).find("13 changes"), std::string::npos);
}

TEST_F(StoreMark, IsThereWithoutAnOrderlyEnd) {
  Server killed(*this, "one", {.revision = 3});
  for (model::Revision revision = 4; revision <= 50; ++revision) killed.Commit(revision);
  killed.Settle();
  Server next(*this, "one", {.revision = 49});
  ASSERT_TRUE(next->report());
  EXPECT_EQ(next->report()->had, 50);
}

TEST_F(StoreMark, WhatCannotBeReadIsNoReport) {
  {
    Server(*this, "one", {.revision = 7});
  }
  std::ofstream(path_) << "{\"store\":\"on";
  EXPECT_FALSE(Server(*this, "one", {.revision = 5})->report());
  EXPECT_TRUE(Logged("store.mark_unreadable"));
  EXPECT_TRUE(Server(*this, "one", {.revision = 4})->report());  // it is kept again
}

TEST_F(StoreMark, Promise10GoesOnInPlaceWhereNoFileCanBeMade) {
  {
    Server(*this, "one", {.revision = 7});
  }
  std::filesystem::create_directories(path_ + ".new/full");
  Server(*this, "one", {.revision = 7}).Commit(9);
  Server server(*this, "one", {.revision = 8});
  ASSERT_TRUE(server->report());
  EXPECT_EQ(server->report()->had, 9);
}

TEST_F(StoreMark, WithoutAnyFileItServesAndSaysSoOnce) {
  std::filesystem::create_directories(path_);  // nothing can be written there
  Server server(*this, "one", {.revision = 7});
  server.Commit(8);
  server.Settle();
  server.Commit(9);
  server.Settle();
  EXPECT_FALSE(server->report());
  EXPECT_EQ(std::ranges::count_if(
                log_.lines,
                [](const std::string& line) { return line.starts_with("store.mark_failed"); }),
            1);
  EXPECT_FALSE(test::Run(io_, server->Dismiss()));
}

}  // namespace
}  // namespace atelier::store
