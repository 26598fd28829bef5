#include "identity/sealed_box.h"

#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier::identity {
namespace {

class SealedBoxTest : public ::testing::Test {
 protected:
  std::string KeyFile() const { return dir_.path() + "/key"; }
  static void Write(const std::string& file, std::size_t bytes, mode_t mode) {
    std::ofstream(file, std::ios::binary) << std::string(bytes, 'k');
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
  }
  Code OpenCode(bool may_create = false) {
    const auto box = SealedBox::Open(KeyFile(), may_create, *random_);
    EXPECT_FALSE(box);
    return box ? Code::kInternal : box.error().code();
  }

  atelier::test::TempDir dir_;
  std::unique_ptr<Random> random_ = MakeSeededRandom(7);
};

TEST_F(SealedBoxTest, OpensWhatItSealed) {
  const SealedBox box = SealedBox::ForTest();
  for (const std::string& secret :
       {std::string(), std::string("testsecret"), std::string(3, '\0')}) {
    const std::string sealed = box.Seal(secret, "accesskey/testid", *random_);
    EXPECT_EQ(sealed.find("testsecret"), std::string::npos);
    EXPECT_EQ(box.OpenBox(sealed, "accesskey/testid"), secret);
  }
}

TEST_F(SealedBoxTest, SealsTheSameSecretDifferentlyEachTime) {
  const SealedBox box = SealedBox::ForTest();
  EXPECT_NE(box.Seal("s", "c", *random_), box.Seal("s", "c", *random_));
}

TEST_F(SealedBoxTest, RefusesABoxOfAnotherRecord) {
  const SealedBox box = SealedBox::ForTest();
  const auto opened = box.OpenBox(box.Seal("s", "accesskey/a", *random_), "accesskey/b");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Code::kDataLoss);
}

TEST_F(SealedBoxTest, RefusesAChangeOfAnyCharacter) {
  const SealedBox box = SealedBox::ForTest();
  const std::string sealed = box.Seal("testsecret", "c", *random_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(box.OpenBox(changed, "c")) << i;
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(box.OpenBox(sealed.substr(0, length), "c")) << length;
  }
}

TEST_F(SealedBoxTest, MakesAKeyFileOnceForItsOwnerAlone) {
  auto first = SealedBox::Open(KeyFile(), true, *random_);
  ASSERT_TRUE(first) << first.error().ToString();
  struct stat info{};
  ASSERT_EQ(::stat(KeyFile().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(info.st_size, 32);
  const std::string sealed = first->Seal("s", "c", *random_);
  const auto second = SealedBox::Open(KeyFile(), true, *random_);
  ASSERT_TRUE(second) << second.error().ToString();
  EXPECT_EQ(second->OpenBox(sealed, "c"), "s");
}

TEST_F(SealedBoxTest, AnotherKeyFileOpensNothing) {
  const auto first = SealedBox::Open(KeyFile(), true, *random_);
  const auto second = SealedBox::Open(dir_.path() + "/other", true, *random_);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(second->OpenBox(first->Seal("s", "c", *random_), "c"));
}

TEST_F(SealedBoxTest, RefusesAKeyFileThatIsMissingOpenOrOfAnotherLength) {
  EXPECT_EQ(OpenCode(), Code::kFailedPrecondition);
  Write(KeyFile(), 32, 0640);
  EXPECT_EQ(OpenCode(), Code::kFailedPrecondition);
  Write(KeyFile(), 31, 0600);
  EXPECT_EQ(OpenCode(true), Code::kFailedPrecondition);
  Write(KeyFile(), 33, 0600);
  EXPECT_EQ(OpenCode(true), Code::kFailedPrecondition);
}

TEST_F(SealedBoxTest, ACrashWhileMakingTheKeyFileLeavesNoHalfOne) {
  Write(KeyFile() + ".new", 5, 0600);  // what the crash left
  EXPECT_TRUE(SealedBox::Open(KeyFile(), true, *random_));
}

}  // namespace
}  // namespace atelier::identity
