// rooms: store
// A full disk (promise 10): writes are refused clearly and change nothing, reads go on, and it
// heals when space returns, without a restart.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/raii.h"
#include "fault/store_harness.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

/// Fills the file system of `path` to its last block.
void Fill(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  for (std::size_t size : {65536U, 4096U, 1U}) {
    const std::string block(size, 'x');
    while (::write(file.get(), block.data(), block.size()) == static_cast<ssize_t>(block.size())) {
    }
  }
}

/// Commits pairs until one is refused, and returns why.
Error CommitUntilRefused(Opened& store, int& committed) {
  for (;;) {
    const auto revision = store.Commit(Pair("more-" + std::to_string(committed)));
    if (!revision) return revision.error();
    ++committed;
  }
}

void ExpectRefusesAndReads(Opened& store, Code expected) {
  int committed = 0;
  const Error error = CommitUntilRefused(store, committed);
  EXPECT_EQ(error.code(), expected) << error.ToString();
  EXPECT_FALSE(store->GetHealth().writable);
  EXPECT_TRUE(store.Get("before/a"));
  const auto all = store.All();
  EXPECT_EQ(all.size(), 2U + 2U * static_cast<std::size_t>(committed))
      << "what was refused changed nothing";
  EXPECT_TRUE(TornPairs(all).empty());
}

void ExpectHealed(Opened& store) {
  const auto revision = store.Commit(Pair("after"));
  EXPECT_TRUE(revision) << revision.error().ToString();
  EXPECT_TRUE(store->GetHealth().writable);
  EXPECT_TRUE(store.Get("after/b"));
}

/// A file system of 24 MB that only this process sees and that goes with it.
class SmallDisk : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    const bool own = ::unshare(CLONE_NEWNS) == 0 &&
                     ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                     ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=24m") == 0;
    if (!own) GTEST_SKIP() << "needs the right to mount a tmpfs: " << std::strerror(errno);
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }

  test::TempDir folder_;
  bool mounted_ = false;
};

TEST_P(SmallDisk, RefusesReadsOnAndHeals) {
  Opened store({.folder = folder_.path() + "/store", .reserve_bytes = GetParam()});
  ASSERT_TRUE(store.Commit(Pair("before")));
  for (int round = 0; round < 3; ++round) {
    Fill(folder_.path() + "/ballast");
    if (round == 0) ExpectRefusesAndReads(store, Code::kResourceExhausted);
    EXPECT_EQ(store.Commit(Pair("refused", 20'000)).error().code(), Code::kResourceExhausted);
    ASSERT_EQ(::unlink((folder_.path() + "/ballast").c_str()), 0);
    ExpectHealed(store);
  }
}

class SmallDiskWithAReserve : public SmallDisk {};

TEST_P(SmallDiskWithAReserve, StopsGoOnFromTheReserveWhileOtherCommitsAreRefused) {
  Opened store({.folder = folder_.path() + "/store", .reserve_bytes = GetParam()});
  ASSERT_TRUE(store.Commit(Pair("before")));
  for (int round = 0; round < 2; ++round) {
    Fill(folder_.path() + "/ballast");
    for (int i = 0; i < 100; ++i) {
      const auto stop = test::Run(store.io(), store->CommitFromReserve(Pair("before", 1000)));
      ASSERT_TRUE(stop) << round << "/" << i << ": " << stop.error().ToString();
      EXPECT_EQ(store.Commit(Pair("refused")).error().code(), Code::kResourceExhausted);
      EXPECT_FALSE(store->GetHealth().writable);
    }
    // Space comes back, and with it the reserve for the next time.
    ASSERT_EQ(::unlink((folder_.path() + "/ballast").c_str()), 0);
    ExpectHealed(store);
  }
}

TEST_P(SmallDisk, OpensAndReadsWhenFull) {
  const SqliteOptions options{.folder = folder_.path() + "/store", .reserve_bytes = GetParam()};
  {
    Opened store(options);
    ASSERT_TRUE(store.Commit(Pair("before")));
  }
  // Leave what SQLite needs for its shared memory, and nothing for a commit.
  Fill(folder_.path() + "/ballast");
  ASSERT_EQ(::truncate((folder_.path() + "/ballast").c_str(), (8 << 20)), 0);
  Opened store(options);
  EXPECT_TRUE(store.Get("before/a"));
}

constexpr std::uint64_t kFourMegabytes = 4U << 20U;
INSTANTIATE_TEST_SUITE_P(None, SmallDisk, testing::Values(0U));
INSTANTIATE_TEST_SUITE_P(Kept, SmallDisk, testing::Values(kFourMegabytes));
INSTANTIATE_TEST_SUITE_P(Kept, SmallDiskWithAReserve, testing::Values(kFourMegabytes));

TEST(FileSizeLimit, RefusesReadsOnAndHeals) {
  // What a quota looks like, for users who may not mount.
  ::signal(SIGXFSZ, SIG_IGN);
  const test::TempDir parent;
  Opened store({.folder = parent.path() + "/store", .reserve_bytes = 0});
  ASSERT_TRUE(store.Commit(Pair("before")));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{
      .rlim_cur = std::filesystem::file_size(parent.path() + "/store/atelier.db-wal") + 100'000,
      .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  // SQLite tells EFBIG and EDQUOT apart from no other failed write.
  ExpectRefusesAndReads(store, Code::kUnavailable);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ExpectHealed(store);
}

}  // namespace
}  // namespace atelier::store
