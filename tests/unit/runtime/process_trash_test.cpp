// What tenants made is deleted outside the server, whatever its shape; and what a killed server
// left half made is made whole.
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process_world.h"
#include "runtime/process/sweep.h"

namespace atelier::runtime {
namespace {

namespace fs = std::filesystem;

// Deeper than a path may be long ("d/", 4,096 bytes), and than this process may have descriptors.
constexpr int kDepth = 2'100;
// What deletes has the lowest priority: on a busy machine it waits for all others.
constexpr Duration kTrashPatience{240'000};
constexpr rlim_t kDescriptors = 1'000;

class FewDescriptors {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{kDescriptors, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

long OpenDescriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

void MakeDeep(const std::string& top, int depth, uid_t owner) {
  UniqueFd at(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "d", 0700), 0) << i;
    at.Reset(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    ASSERT_EQ(::fchown(at.get(), owner, owner), 0);
  }
}

TEST(ProcessSweep, DeletesATreeThatIsDeeperThanAnyPath) {
  const FewDescriptors few;
  const atelier::test::TempDir dir;
  fs::create_directory(dir.path() + "/tree");
  MakeDeep(dir.path() + "/tree", kDepth, ::geteuid());
  const auto before = OpenDescriptors();
  ASSERT_TRUE(process::RemoveTree(dir.path() + "/tree", [&](int) {
    EXPECT_LE(OpenDescriptors(), before + 8) << "at any depth";
  }));
  EXPECT_FALSE(fs::exists(dir.path() + "/tree"));
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(ProcessSweep, DeletesWhatItsOwnerShutAndStopsAtLinks) {
  const atelier::test::TempDir dir;
  const std::string tree = dir.path() + "/tree";
  fs::create_directories(tree + "/shut/inner/more");
  fs::create_directories(dir.path() + "/precious");
  std::ofstream(dir.path() + "/precious/file") << "kept";
  for (int i = 0; i < 500; ++i) {
    fs::create_directories(tree + "/wide/" + std::to_string(i) + "/a");
    std::ofstream(tree + "/wide/" + std::to_string(i) + "/a/file");
  }
  fs::create_directory_symlink(dir.path() + "/precious", tree + "/wide/link");
  fs::create_directory_symlink("..", tree + "/shut/inner/up");
  fs::permissions(tree + "/shut/inner", fs::perms::none);
  fs::permissions(tree + "/shut", fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(tree, fs::perms::none);
  ASSERT_TRUE(process::RemoveTree(tree));
  EXPECT_FALSE(fs::exists(tree));
  EXPECT_TRUE(fs::exists(dir.path() + "/precious/file"));
}

class ProcessTrash : public test::ProcessWorld {
 protected:
  std::string Instances() const { return dir_.path() + "/instances"; }
  bool TrashIsEmpty() const { return fs::is_empty(Instances() + "/.trash"); }
  void PassUntilTrashIsEmpty() {
    const Deadline by = clock_.In(kTrashPatience);
    while (!TrashIsEmpty() && clock_.Mono() < by) {
      io_.restart();
      io_.run_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(TrashIsEmpty());
  }
  void RunOnce(const std::string& id, model::Generation generation = 1) {
    Workload work = Shell(id, "echo x > file; exit 0");
    work.generation = generation;
    ASSERT_TRUE(Ensure(work).has_value());
    Await(id, Phase::kExited);
  }
};

TEST_F(ProcessTrash, ADeepHomeIsDeletedAndTheServersDescriptorsStayFlat) {
  const FewDescriptors few;
  RunOnce("dsw-a");
  const std::string home = Instances() + "/dsw-a/home";
  struct stat info{};
  ASSERT_EQ(::stat(home.c_str(), &info), 0);
  MakeDeep(home, kDepth, info.st_uid);
  const auto before = OpenDescriptors();
  ASSERT_TRUE(Run(driver_->Remove(model::InstanceId("dsw-a"), Soon())).has_value());
  EXPECT_FALSE(fs::exists(Instances() + "/dsw-a"));
  const Deadline by = clock_.In(kTrashPatience);
  while (!TrashIsEmpty() && clock_.Mono() < by) {
    EXPECT_LE(OpenDescriptors(), before + 8);
    io_.restart();
    io_.run_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(TrashIsEmpty());
}

TEST_F(ProcessTrash, ALeftoverOfAnEarlierServerHoldsUpNoDeletionAndGoes) {
  Close();
  fs::create_directories(Instances() + "/.trash/1/home/left/behind");
  fs::create_directories(Instances() + "/.trash/2");
  Open();
  for (const char* id : {"dsw-a", "dsw-b"}) {
    RunOnce(id);
    ASSERT_TRUE(Run(driver_->Remove(model::InstanceId(id), Soon())).has_value());
  }
  PassUntilTrashIsEmpty();
}

TEST_F(ProcessTrash, AnEarlierLifeGoesWhateverItLeftInItsBox) {
  RunOnce("dsw-a");
  fs::create_directories(RunOf("dsw-a").folder + "/box/left");
  RunOnce("dsw-a", 2);
  EXPECT_FALSE(fs::exists(RunOf("dsw-a").folder));
  PassUntilTrashIsEmpty();
}

TEST_F(ProcessTrash, WhatCannotBeDeletedIsCountedAndHoldsUpNoOther) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may mount";
  Close();
  const std::string held = Instances() + "/.trash/1/held";
  fs::create_directories(held);
  if (::mount("tmpfs", held.c_str(), "tmpfs", 0, "size=64k") != 0) GTEST_SKIP() << "may not mount";
  Open();
  const auto pass_until = [&](auto done) {
    const Deadline by = clock_.In(kTrashPatience);
    while (!done(driver_->leftovers()) && clock_.Mono() < by) {
      io_.restart();
      io_.run_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(done(driver_->leftovers()));
  };
  pass_until([](const Leftovers& now) { return now.waiting == 1 && now.failing == 1; });
  RunOnce("dsw-a");
  ASSERT_TRUE(Run(driver_->Remove(model::InstanceId("dsw-a"), Soon())).has_value());
  const auto only_held = [&] {
    return std::distance(fs::directory_iterator(Instances() + "/.trash"), {}) == 1;
  };
  pass_until([&](const Leftovers& now) { return now.failing == 1 && only_held(); });
  ASSERT_EQ(::umount(held.c_str()), 0);
  pass_until([](const Leftovers& now) { return now.waiting == 0; });
  EXPECT_TRUE(TrashIsEmpty());
}

TEST_F(ProcessTrash, ADriverThatStopsEndsTheProcessThatDeletesAndTheNextGoesOn) {
  Close();
  fs::create_directories(Instances() + "/.trash/1");
  MakeDeep(Instances() + "/.trash/1", kDepth, ::geteuid());
  // Before, while and after the process is started.
  for (const int ms : {0, 2, 10, 50}) {
    Open();
    io_.restart();
    io_.run_for(std::chrono::milliseconds(ms));
    const auto begun = clock_.Mono();
    Close();
    EXPECT_LT(clock_.Mono() - begun, Duration{5'000}) << "the most that a driver waits, " << ms;
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left, after " << ms;
  }
  Open();
  PassUntilTrashIsEmpty();
}

TEST_F(ProcessTrash, AHomeThatAKilledServerLeftHalfMadeIsGivenToItsUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives anything away";
  // As between mkdir and chown; and as before the rename.
  fs::create_directories(Instances() + "/dsw-a/home");
  fs::create_directories(Instances() + "/dsw-b/home.new");
  for (const char* id : {"dsw-a", "dsw-b"}) {
    ASSERT_TRUE(Ensure(Shell(id, "echo written > file && sleep 1000")).has_value());
    Await(id, Phase::kReady);
    struct stat info{};
    ASSERT_EQ(::stat((Instances() + "/" + id + "/home").c_str(), &info), 0);
    EXPECT_NE(info.st_uid, 0U);
    EXPECT_TRUE(
        test::Eventually([&] { return fs::exists(Instances() + "/" + id + "/home/file"); }));
  }
}

}  // namespace
}  // namespace atelier::runtime
