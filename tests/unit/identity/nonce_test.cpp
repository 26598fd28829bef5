// That no signed request works twice, whatever the clocks do and however the process ends: promise
// 8.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "identity/signing/nonce_file.h"
#include "identity/signing/nonce_store.h"
#include "support/recorded_log.h"
#include "support/temp_dir.h"

namespace atelier::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2026-11-22T00:31:44Z
constexpr WallTime kNow{seconds(1795307504)};

class NonceStoreTest : public ::testing::Test {
 protected:
  NonceStore::Now Now() const { return {.wall = clock_.Wall(), .mono = clock_.Mono()}; }

  /// What becomes of a request of `key` that was signed at `at`: "fresh" (and put in), "used",
  /// "forgotten", or the refusal's reason.
  std::string Send(NonceStore& store, std::string_view key, int nonce, WallTime at) const {
    const NonceUse use = UseOf(key, std::to_string(nonce), at);
    switch (store.Check(use, clock_.Mono())) {
      case NonceStore::Answer::kUsed:
        return "used";
      case NonceStore::Answer::kForgotten:
        return "forgotten";
      case NonceStore::Answer::kFresh:
        break;
    }
    if (const Status room = store.MakeRoom(key, Now()); !room) return room.error().reason();
    store.Insert(use, key, clock_.Mono());
    return "fresh";
  }
  std::string Send(NonceStore& store, int nonce) const {
    return Send(store, "key", nonce, clock_.Wall());
  }

  ManualClock clock_{kNow};
};

TEST_F(NonceStoreTest, TellsFreshFromUsedWhileItGrows) {
  NonceStore store(1U << 20U);
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    // A minute each thousand: the pairs spread over several parts of the store.
    if (i > 0 && i % 1000 == 0) clock_.Advance(minutes(1));
    ASSERT_EQ(Send(store, i), "fresh") << i;
  }
  EXPECT_EQ(store.size(), static_cast<std::size_t>(kMany));
  for (int i = 0; i < kMany; ++i) ASSERT_EQ(Send(store, i), "used") << i;
  EXPECT_EQ(Send(store, "other key", 1, clock_.Wall()), "fresh");
}

TEST_F(NonceStoreTest, LeavesAQuarterToOtherKeys) {
  NonceStore store(8);
  const auto send = [&](std::string_view key, int nonce) {
    return Send(store, key, nonce, clock_.Wall());
  };
  for (int i = 0; i < 6; ++i) EXPECT_EQ(send("greedy", i), "fresh");
  EXPECT_EQ(send("greedy", 6), "Throttling.User");
  EXPECT_EQ(send("other", 1), "fresh");
  EXPECT_EQ(send("other", 2), "fresh");
  EXPECT_EQ(send("other", 3), "ServiceUnavailable");
  // The share comes back with the time.
  clock_.Advance(minutes(41));
  EXPECT_EQ(send("greedy", 6), "fresh");
}

TEST_F(NonceStoreTest, DropsWhatIsLongOutOfDate) {
  NonceStore store(10);
  EXPECT_EQ(Send(store, 1), "fresh");
  clock_.Advance(hours(1000));
  EXPECT_EQ(Send(store, 1), "fresh");
  EXPECT_EQ(store.size(), 1U);
}

TEST_F(NonceStoreTest, AClockSetBackByAnHourOpensNothingAndShutsNobodyOut) {
  NonceStore store(1000);
  const WallTime then = clock_.Wall();
  EXPECT_EQ(Send(store, 1), "fresh");
  for (int minute = 0; minute < 60; ++minute) {
    clock_.Advance(minutes(1));
    EXPECT_EQ(Send(store, 100 + minute), "fresh");
  }
  clock_.StepWall(-hours(1));
  EXPECT_EQ(Send(store, "key", 1, then), "used");
  EXPECT_EQ(Send(store, "key", 2, then), "fresh");
}

TEST_F(NonceStoreTest, WhatItHadToForgetIsRefusedIfTheClockGoesBackThere) {
  NonceStore store(80);  // keeps ten that are old
  const WallTime then = clock_.Wall();
  for (int i = 0; i < 11; ++i) EXPECT_EQ(Send(store, i), "fresh");
  clock_.Advance(hours(2));
  EXPECT_EQ(Send(store, 20), "fresh");
  EXPECT_EQ(store.size(), 1U);
  clock_.StepWall(-hours(2));
  EXPECT_EQ(Send(store, "key", 0, then), "forgotten");
  EXPECT_EQ(Send(store, "key", 30, then), "forgotten") << "it cannot tell";
  // Ten minutes of dates later nothing was forgotten.
  clock_.Advance(minutes(11));
  EXPECT_EQ(Send(store, 31), "fresh");
}

TEST_F(NonceStoreTest, WhatAPredecessorAcceptedIsUsedOrForgottenNeverFresh) {
  NonceStore store(2);
  const auto at = [&](int second) { return clock_.Wall() + seconds(second); };
  for (int i = 0; i < 3; ++i) store.Restore(UseOf("key", std::to_string(i), at(i)), Now());
  store.Forget(1795307504 + 10, 1795307504 + 11);
  EXPECT_EQ(Send(store, "key", 0, at(0)), "used");
  EXPECT_EQ(Send(store, "key", 1, at(1)), "used");
  EXPECT_EQ(Send(store, "key", 2, at(2)), "forgotten") << "there was no room";
  EXPECT_EQ(Send(store, "key", 10, at(10)), "forgotten");
  EXPECT_EQ(Send(store, "key", 11, at(11)), "forgotten");
  clock_.Advance(minutes(31));
  EXPECT_EQ(Send(store, "key", 12, clock_.Wall()), "fresh");
}

TEST_F(NonceStoreTest, AClockThatWasAheadLeavesNothingBehindThatShutsAnybodyOut) {
  NonceStore store(800);
  int nonce = 0;
  for (const auto step : {hours(1), hours(24 * 30), hours(24 * 365 * 40)}) {
    const int recorded = ++nonce;
    clock_.StepWall(step);
    const WallTime ahead = clock_.Wall();
    EXPECT_EQ(Send(store, "key", recorded, ahead), "fresh");
    clock_.StepWall(-step);
    for (int i = 0; i < 100; ++i) {
      clock_.Advance(minutes(1));
      EXPECT_EQ(Send(store, ++nonce), "fresh") << i;
    }
    clock_.StepWall(step);
    EXPECT_EQ(Send(store, "key", recorded, ahead), "used");
    EXPECT_EQ(Send(store, "key", ++nonce, ahead), "fresh");
    clock_.StepWall(-step);
  }
}

TEST_F(NonceStoreTest, ADateThatIsStillGoodIsNeverForgotten) {
  NonceStore store(4);
  const WallTime then = clock_.Wall();
  EXPECT_EQ(Send(store, 1), "fresh");
  // The wall clock stands still: what was signed then stays good.
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(hours(1));
    clock_.StepWall(-hours(1));
    EXPECT_EQ(Send(store, "key", 1, then), "used");
  }
}

class NonceFileTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kSignedAt = 1795307504;
  static constexpr std::uint64_t kPiece = 65'536 - 64;  // records in 1 MiB, but for 64 ranges

  /// A process that has the file, until it is killed.
  struct Process : NonceFile::Heir {
    Process(const std::string& path, const ManualClock& c, Logger& log,
            std::size_t most = 1U << 20U)
        : clock(c), file(path, most, *this, log) {
      file.Open(clock.Mono());
    }
    void Restore(const NonceUse& use) override { restored.push_back(use); }
    void Forget(std::int64_t first, std::int64_t last) override { forgotten.Add(first, last); }
    Status Append(std::uint64_t hash, std::int64_t signed_at = kSignedAt) {
      return file.Append({.hash = hash, .signed_at = signed_at}, clock.Mono());
    }
    std::vector<std::uint64_t> Hashes() const {
      std::vector<std::uint64_t> hashes;
      hashes.reserve(restored.size());
      for (const NonceUse& use : restored) hashes.push_back(use.hash);
      return hashes;
    }

    const ManualClock& clock;
    std::vector<NonceUse> restored;
    DateRanges forgotten;
    NonceFile file;
  };
  using Ranges = std::map<std::int64_t, std::int64_t>;

  std::size_t Mebibytes() const { return std::filesystem::file_size(path_) >> 20U; }
  void Damage(long at, const std::string& bytes) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
  }

  /// No file may grow, as on a full disk, while it lives.
  class FullDisk {
   public:
    explicit FullDisk(rlim_t mebibytes) {
      EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
      ::signal(SIGXFSZ, SIG_IGN);
      struct rlimit small = before_;
      small.rlim_cur = mebibytes << 20U;
      EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() { EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0); }

   private:
    struct rlimit before_{};
  };

  test::TempDir dir_;
  std::string path_ = dir_.path() + "/nonces";
  ManualClock clock_{kNow};
  test::RecordedLog log_;
};

TEST_F(NonceFileTest, TheNextProcessKnowsWhatWasAccepted) {
  {
    Process first(path_, clock_, log_);
    EXPECT_TRUE(first.restored.empty());
    for (const unsigned hash : {1U, 2U, 3U}) EXPECT_TRUE(first.Append(hash));
  }
  {
    Process second(path_, clock_, log_);
    EXPECT_EQ(second.Hashes(), (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(second.restored[0].signed_at, 1795307504);
    EXPECT_TRUE(second.Append(4));
  }
  const Process third(path_, clock_, log_);
  EXPECT_EQ(third.Hashes(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  EXPECT_EQ(Mebibytes(), 1U);
  EXPECT_TRUE(log_.lines.empty());
}

TEST_F(NonceFileTest, WhatIsDamagedIsLeftOutAndTheRestIsKept) {
  {
    Process first(path_, clock_, log_);
    for (const unsigned hash : {1U, 2U, 3U}) EXPECT_TRUE(first.Append(hash));
  }
  Damage(1024 + 16 + 3, "x");
  {
    Process second(path_, clock_, log_);
    EXPECT_EQ(second.Hashes(), (std::vector<std::uint64_t>{1, 3}));
    EXPECT_EQ(log_.lines, (std::vector<std::string>{"identity.nonces_damaged records=1"}));
    EXPECT_TRUE(second.Append(4));
  }
  // Cut off in the middle of the third record.
  std::filesystem::resize_file(path_, 1024 + 2 * 16 + 7);
  {
    Process third(path_, clock_, log_);
    EXPECT_EQ(third.Hashes(), (std::vector<std::uint64_t>{1}));
    EXPECT_TRUE(third.Append(5));
  }
  const Process fourth(path_, clock_, log_);
  EXPECT_EQ(fourth.Hashes(), (std::vector<std::uint64_t>{1, 5}));
}

TEST_F(NonceFileTest, AnyBytesInTheFileAreNoReasonNotToStart) {
  for (const std::size_t size : {1U, 16U, 1000U, 3U << 20U}) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << std::string(size, '\xA5');
    {
      Process process(path_, clock_, log_);
      EXPECT_TRUE(process.restored.empty());
      EXPECT_TRUE(process.Append(7)) << size;
    }
    EXPECT_EQ(Process(path_, clock_, log_).Hashes(), (std::vector<std::uint64_t>{7}));
  }
}

TEST_F(NonceFileTest, StaysWithinItsBoundAndNeverLosesWhatMayComeAgain) {
  Process process(path_, clock_, log_, 2 * kPiece);
  std::uint64_t next = 1;
  const auto append = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) ASSERT_TRUE(process.Append(next++));
  };
  append(3 * kPiece);
  EXPECT_EQ(Mebibytes(), 3U);
  clock_.Advance(minutes(30));
  EXPECT_TRUE(process.Append(999'999, kSignedAt + 60));
  Process next_process(path_, clock_, log_, 2 * kPiece);
  EXPECT_EQ(next_process.restored.size(), 3 * kPiece) << "what was signed ahead may still be good";
  EXPECT_EQ(next_process.forgotten.ranges(), (Ranges{{kSignedAt + 60, kSignedAt + 60}}));
  clock_.Advance(seconds(1));
  append(kPiece + 10);
  EXPECT_EQ(Mebibytes(), 3U);
  // Of the oldest none is left, of the newest all are there.
  const std::vector<std::uint64_t> kept = Process(path_, clock_, log_, 2 * kPiece).Hashes();
  EXPECT_EQ(std::ranges::count_if(kept, [&](std::uint64_t hash) { return hash > 3 * kPiece; }),
            static_cast<std::ptrdiff_t>(kPiece + 10));
  EXPECT_EQ(std::ranges::count_if(kept, [&](std::uint64_t hash) { return hash <= kPiece; }), 0);
}

TEST_F(NonceFileTest, AFileThatCannotBeWrittenIsToldAndHeals) {
  std::filesystem::create_directory(path_);
  Process process(path_, clock_, log_);
  for (int i = 0; i < 3; ++i) {
    const Status refused = process.Append(1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kUnavailable);
    EXPECT_EQ(refused.error().reason(), "ServiceUnavailable");
  }
  EXPECT_EQ(process.file.WhyNot(clock_.Mono()), "cannot open nonces: Is a directory");
  EXPECT_EQ(log_.lines.size(), 1U) << "told once";
  std::filesystem::remove(path_);
  EXPECT_EQ(process.file.WhyNot(clock_.Mono()), "");
  EXPECT_TRUE(process.Append(1));
  EXPECT_EQ(log_.lines.back(), "identity.nonces_kept");
  EXPECT_EQ(Process(path_, clock_, log_).Hashes(), (std::vector<std::uint64_t>{1}));
}

TEST_F(NonceFileTest, AFullDiskDoesNotStopRequests) {
  std::uint64_t next = 1;
  {
    Process process(path_, clock_, log_);
    const FullDisk full(1);
    for (; next <= kPiece; ++next) ASSERT_TRUE(process.Append(next)) << next;
    EXPECT_TRUE(log_.lines.empty()) << "the place was there already";
    for (std::int64_t i = 0; i < 1000; ++i, ++next)
      ASSERT_TRUE(process.Append(next, kSignedAt + i / 100)) << next;
    EXPECT_EQ(process.file.WhyNot(clock_.Mono()), "");
    EXPECT_EQ(log_.lines,
              std::vector<std::string>{
                  "identity.nonces_kept_by_date error=cannot write nonces: File too large"});
    EXPECT_EQ(Mebibytes(), 1U) << "what little there is stays for others";
  }
  {
    const FullDisk full(1);
    Process second(path_, clock_, log_);
    EXPECT_EQ(second.restored.size(), kPiece);
    EXPECT_EQ(second.forgotten.ranges(), (Ranges{{kSignedAt, kSignedAt + 9}}));
    EXPECT_TRUE(second.Append(next, kSignedAt + 20));
  }
  Process third(path_, clock_, log_);
  EXPECT_EQ(third.forgotten.ranges(),
            (Ranges{{kSignedAt, kSignedAt + 9}, {kSignedAt + 20, kSignedAt + 20}}));
  EXPECT_TRUE(third.Append(next, kSignedAt + 30));
  const Process fourth(path_, clock_, log_);
  EXPECT_EQ(fourth.restored.back().hash, next) << "there is room again";
  EXPECT_FALSE(fourth.forgotten.Contains(kSignedAt + 30));
}

TEST_F(NonceFileTest, OnAFullDiskTheOnlyPieceIsUsedAgainAfterHalfAnHour) {
  Process process(path_, clock_, log_);
  const FullDisk full(1);
  for (std::uint64_t hash = 1; hash <= kPiece + 1; ++hash) ASSERT_TRUE(process.Append(hash));
  clock_.Advance(minutes(31));
  EXPECT_TRUE(process.Append(7'000'000, kSignedAt + 1860));
  EXPECT_EQ(log_.lines.back(), "identity.nonces_kept");
  const Process second(path_, clock_, log_);
  EXPECT_EQ(second.Hashes(), (std::vector<std::uint64_t>{7'000'000}));
  EXPECT_EQ(second.forgotten.ranges(), (Ranges{{kSignedAt, kSignedAt}}));
}

TEST_F(NonceFileTest, WhatIsWrittenOverIsRefusedByTheNextProcessIfTheClockGoesBackThere) {
  Process process(path_, clock_, log_);
  std::uint64_t next = 1;
  // Two pieces, of which one is full; some dates are far ahead.
  for (; next <= kPiece + 1; ++next) {
    const bool ahead = next == 10;
    ASSERT_TRUE(
        process.Append(next, ahead ? kSignedAt + 86'400 : kSignedAt + (next == 20 ? 1 : 0)));
  }
  for (std::int64_t i = 0; i < 2; ++i) {
    clock_.Advance(minutes(31));
    for (std::uint64_t last = next + kPiece; next < last; ++next)
      ASSERT_TRUE(process.Append(next, kSignedAt + 10'000 * (i + 1)));
  }
  EXPECT_EQ(Mebibytes(), 2U);
  const Process second(path_, clock_, log_);
  EXPECT_TRUE(second.forgotten.Contains(kSignedAt));
  EXPECT_TRUE(second.forgotten.Contains(kSignedAt + 1));
  EXPECT_TRUE(second.forgotten.Contains(kSignedAt + 86'400));
  EXPECT_FALSE(second.forgotten.Contains(kSignedAt + 86'399))
      << "a clock that was ahead shuts nobody out";
  EXPECT_FALSE(second.forgotten.Contains(kSignedAt + 20'000)) << "what is in the file";
}

TEST_F(NonceFileTest, AFileOfAnOlderServerIsReadWhole) {
  constexpr std::size_t kOld = 100;
  {
    Process first(path_, clock_, log_);
    for (std::uint64_t hash = 1; hash <= kOld; ++hash) EXPECT_TRUE(first.Append(hash));
  }
  // It had no place for ranges: the records began with the file.
  std::string bytes(kOld * 16, '\0');
  std::ifstream(path_, std::ios::binary).seekg(1024).read(bytes.data(), std::ssize(bytes));
  std::filesystem::resize_file(path_, 0);
  std::filesystem::resize_file(path_, 1U << 20U);
  Damage(0, bytes);
  Process second(path_, clock_, log_);
  EXPECT_EQ(second.restored.size(), kOld);
  EXPECT_TRUE(second.forgotten.ranges().empty());
  EXPECT_TRUE(log_.lines.empty());
  const FullDisk full(1);
  for (std::uint64_t i = 0; i < kPiece; ++i) ASSERT_TRUE(second.Append(1000 + i, kSignedAt + 5));
  const Process third(path_, clock_, log_);
  EXPECT_TRUE(third.forgotten.Contains(kSignedAt)) << "their place was taken";
}

TEST(DateRanges, AreBoundedAndLoseNothing) {
  DateRanges dates;
  dates.Add(10, 10);
  dates.Add(12, 14);
  dates.Add(11, 11);
  EXPECT_EQ(dates.ranges(), (std::map<std::int64_t, std::int64_t>{{10, 14}}));
  dates.Add(5, 20);
  EXPECT_EQ(dates.ranges(), (std::map<std::int64_t, std::int64_t>{{5, 20}}));
  for (std::int64_t i = 1; i <= 100; ++i) dates.Add(i * 1000, i * 1000 + i);
  EXPECT_EQ(dates.ranges().size(), DateRanges::kMax);
  for (std::int64_t i = 1; i <= 100; ++i) EXPECT_TRUE(dates.Contains(i * 1000 + i));
  EXPECT_FALSE(dates.Contains(21));
  EXPECT_FALSE(dates.Contains(100'101));
}

}  // namespace
}  // namespace atelier::identity
