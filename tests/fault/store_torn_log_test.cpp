// rooms: store
// Power lost while the last transaction was being written: the log ends at any byte of it, or a
// part of it never got there. All earlier commits are there, the last whole or not at all. And a
// log that is damaged further ahead: what it lost is told.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "fault/store_harness.h"
#include "support/seed.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

constexpr std::size_t kFrame =
    24 + 8192;  // header and page: sqlite.org/fileformat.html section 4.1

constexpr std::size_t kLogHeader = 32;

class TornLog : public testing::Test {
 protected:
  static void SetUpTestSuite() { UseFastTempDir(); }

  void SetUp() override {
    const std::string path = parent_.path() + "/written";
    Opened store({.folder = path, .reserve_bytes = 0});
    for (std::size_t i = 0; i < kEarlier; ++i)
      ASSERT_TRUE(store.Commit(Pair("early-" + std::to_string(i))));
    before_last_ = fs::file_size(path + "/atelier.db-wal");
    ASSERT_TRUE(store.Commit(Pair("last")));
    // Copied under the open store: what a machine would find that lost its power now.
    database_ = ReadFile(path + "/atelier.db");
    log_ = ReadFile(path + "/atelier.db-wal");
    ASSERT_GT(log_.size(), before_last_);
    ASSERT_EQ((log_.size() - before_last_) % kFrame, 0U);
  }

  /// A store's folder with this log.
  std::string Place(std::string_view log) const {
    std::string path = parent_.path() + "/copy";
    fs::remove_all(path);
    fs::create_directory(path);
    WriteFile(path + "/atelier.db", database_);
    WriteFile(path + "/atelier.db-wal", log);
    return path;
  }

  /// Opens a store on this log and says what is wrong with it; empty: nothing.
  std::string Check(std::string_view log, bool last_is_there) const {
    Opened store({.folder = Place(log), .reserve_bytes = 0});
    if (store->GetOpening().commits_cut != 0) return "a power cut is taken for a loss";
    const auto all = store.All();
    if (!TornPairs(all).empty()) return "a commit is there in part";
    const std::size_t expected = 2 * (kEarlier + (last_is_there ? 1U : 0U));
    if (all.size() != expected) return std::to_string(all.size()) + " records";
    return {};
  }

  static constexpr std::size_t kEarlier = 5;
  test::TempDir parent_;
  std::string database_;
  std::string log_;
  std::size_t before_last_ = 0;
};

/// Every byte takes half a minute and is for a long run; else every byte around the
/// head of each frame of the log, where something is decided, and some within its page.
std::size_t Step(std::size_t into_frame) {
  constexpr std::size_t kAroundHead = 64;
  constexpr std::size_t kWithinPage = 13;
  if (test::IsLongRun()) return 1;
  return into_frame < kAroundHead || into_frame > kFrame - kAroundHead ? 1 : kWithinPage;
}

TEST_F(TornLog, TruncatedAtEveryByteOfTheLastTransaction) {
  for (std::size_t size = before_last_; size < log_.size();
       size += Step((size - before_last_) % kFrame)) {
    ASSERT_EQ(Check(std::string_view(log_).substr(0, size), false), "")
        << size << " of " << log_.size();
  }
  EXPECT_EQ(Check(log_, true), "");
}

TEST_F(TornLog, SectorsOfTheLastTransactionThatNeverGotThere) {
  constexpr std::size_t kSector = 512;
  for (std::size_t at = before_last_; at < log_.size(); at += kSector) {
    std::string log = log_;
    const std::size_t end = std::min(at + kSector, log.size());
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(at),
              log.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    // A sector that held zeros has lost nothing.
    ASSERT_EQ(Check(log, log == log_), "") << at;
  }
}

TEST_F(TornLog, Promise2ALossOfAcknowledgedCommitsIsTold) {
  // One flipped bit in each frame of the log: all commits from there on are lost. That of the last
  // one alone looks like a power cut.
  const std::size_t frames = (log_.size() - kLogHeader) / kFrame;
  std::size_t told = 0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    std::string log = log_;
    log[kLogHeader + frame * kFrame + kFrame / 2] ^= 4;
    const std::string path = Place(log);
    std::size_t records = 0;
    {
      Opened store({.folder = path, .reserve_bytes = 0});
      records = store.All().size();
      const std::size_t lost = kEarlier + 1 - records / 2;
      // The schema is a commit, too, which without the first frames is made anew.
      const std::size_t cut = store->GetOpening().commits_cut;
      if (lost <= kEarlier) EXPECT_EQ(cut, lost > 1 ? lost : 0) << frame;
      told += cut > 0 ? 1 : 0;
      ASSERT_TRUE(store.Commit(Pair("since")));
    }
    // Once: the next start finds a whole log again.
    Opened again({.folder = path, .reserve_bytes = 0});
    EXPECT_EQ(again->GetOpening().commits_cut, 0U) << frame;
    EXPECT_EQ(again.All().size(), records + 2) << frame;
  }
  EXPECT_GT(told, 0U);
}

}  // namespace
}  // namespace atelier::store
