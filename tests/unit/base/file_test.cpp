#include "base/file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier {
namespace {

class FileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  static std::string Text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static mode_t ModeOf(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
  }
  std::size_t Entries() const {
    const std::filesystem::directory_iterator begin(dir_.path());
    return static_cast<std::size_t>(std::distance(begin, {}));
  }

  test::TempDir dir_;
};

TEST_F(FileTest, WritesAndReplacesForTheOwnerAlone) {
  ASSERT_TRUE(WriteFileDurably(Path("a"), "one"));
  EXPECT_EQ(Text(Path("a")), "one");
  EXPECT_EQ(ModeOf(Path("a")), 0600U);
  ::chmod(Path("a").c_str(), 0644);
  ASSERT_TRUE(WriteFileDurably(Path("a"), ""));
  EXPECT_EQ(Text(Path("a")), "");
  EXPECT_EQ(ModeOf(Path("a")), 0600U);
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(FileTest, ReadsAWholeFileThatIsNoLargerThanItMayBe) {
  std::ofstream(Path("a")) << "one";
  EXPECT_EQ(ReadWholeFile(Path("a"), 3), "one");
  EXPECT_EQ(ReadWholeFile(Path("a"), 2), std::nullopt);
  std::ofstream(Path("empty")).close();
  EXPECT_EQ(ReadWholeFile(Path("empty"), 2), "");
  EXPECT_EQ(ReadWholeFile(Path("none"), 2), std::nullopt);
  EXPECT_EQ(ReadWholeFile(dir_.path(), 2), std::nullopt);
  EXPECT_EQ(ReadWholeFile("/dev/zero", 1000), std::nullopt) << "it has no end";
}

TEST_F(FileTest, CreatesButNeverReplaces) {
  ASSERT_TRUE(CreateFileDurably(Path("a"), "one"));
  const Status again = CreateFileDurably(Path("a"), "two");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Code::kAlreadyExists);
  EXPECT_EQ(again.error().message(), "a is there already");
  EXPECT_EQ(Text(Path("a")), "one");
  EXPECT_EQ(ModeOf(Path("a")), 0600U);
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(FileTest, WhatACrashLeftBesideIsNeitherReadNorFollowed) {
  std::ofstream(Path("victim")) << "whole";
  std::filesystem::create_symlink(Path("victim"), Path("a.new"));
  ASSERT_TRUE(WriteFileDurably(Path("a"), "one"));
  EXPECT_EQ(Text(Path("victim")), "whole");
  EXPECT_EQ(Text(Path("a")), "one");
  EXPECT_FALSE(std::filesystem::is_symlink(Path("a")));
}

TEST_F(FileTest, AFailureNamesTheStepAndTheFileButNotTheFolder) {
  const Status lost = WriteFileDurably(Path("nowhere/a"), "one");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Code::kUnavailable);
  EXPECT_EQ(lost.error().message(), "cannot make a: No such file or directory");
  std::filesystem::create_directory(Path("folder"));
  const Status taken = WriteFileDurably(Path("folder"), "one");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message(), "cannot replace folder: Is a directory");
  EXPECT_FALSE(SyncFolder(Path("nowhere")));
}

}  // namespace
}  // namespace atelier
