// rooms: store
// kill -9 at every failpoint of the store, at every hit, twice in a row on one folder: what was
// acknowledged is there, the rest whole or not at all (promise 2). Who is killed is a program of
// its own (store_child_main.cpp), since a failpoint reads its plan once in a process's life.
#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fault/store_child.h"
#include "fault/store_harness.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

struct Ended {
  int status = 0;
  std::map<std::string, model::Revision> acknowledged;
};

Ended RunInChild(const std::string& folder, const std::string& round, const std::string& failpoint,
                 const std::string& address) {
  const ChildEnded child = RunStoreChild({folder, round, address}, failpoint);
  Ended ended{.status = child.status, .acknowledged = {}};
  std::istringstream lines(child.output);
  std::string name;
  model::Revision revision = 0;
  while (lines >> name >> revision) ended.acknowledged[name] = revision;
  return ended;
}

class StoreKilledAt : public testing::TestWithParam<std::tuple<const char*, bool>> {};

TEST_P(StoreKilledAt, KeepsWhatItAcknowledged) {
  const auto& [point, in_postgres] = GetParam();
  int hits = 0;
  for (int hit = 1; hit <= 100; ++hit) {
    const test::TempDir parent;
    const std::string folder = parent.path() + "/store";
    const std::string address = in_postgres ? test::Postgres::Shared().NewDatabase() : "";
    const std::string failpoint = fmt::format("{}:{}", point, hit);
    // The second run recovers from the first, and is killed in turn.
    const Ended first = RunInChild(folder, "x", failpoint, address);
    const Ended second = RunInChild(folder, "y", failpoint, address);
    if (first.status == 0) break;  // not reached so often: every hit has had its turn
    ++hits;
    ASSERT_EQ(first.status, kKilled) << failpoint;
    ASSERT_TRUE(second.status == kKilled || second.status == 0)
        << failpoint << ": " << second.status;

    const std::unique_ptr<Opened> opened = Open(folder, address);
    Opened& store = *opened;
    const auto all = store.All();
    EXPECT_TRUE(TornPairs(all).empty())
        << failpoint << ": " << testing::PrintToString(TornPairs(all));
    model::Revision highest = 0;
    for (const auto& acknowledged : {first.acknowledged, second.acknowledged}) {
      for (const auto& [name, revision] : acknowledged) {
        const auto found = all.find(name + "/a");
        ASSERT_NE(found, all.end()) << failpoint << " lost " << name;
        EXPECT_EQ(found->second, revision) << failpoint << " " << name;
        highest = std::max(highest, revision);
      }
    }
    EXPECT_GT(store.Commit(Pair("after")).value(), highest)
        << failpoint << ": revisions do not repeat";
  }
  EXPECT_GT(hits, 0) << "the failpoint was never reached";
}

INSTANTIATE_TEST_SUITE_P(
    Failpoint, StoreKilledAt,
    testing::Combine(testing::Values("store.before_migrated", "store.before_commit",
                                     "store.after_commit", "store.before_apply"),
                     testing::Bool()),
    [](const auto& info) {
      std::string name = std::get<0>(info.param);
      name.erase(0, name.find('.') + 1);
      return name + (std::get<1>(info.param) ? "_postgres" : "_sqlite");
    });

}  // namespace
}  // namespace atelier::store
