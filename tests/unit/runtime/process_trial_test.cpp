// What a server makes of what its host allows: docs/security.md, "What a host must allow".
#include <gtest/gtest.h>

#include "runtime/process/trial.h"
#include "support/recorded_log.h"
#include "support/temp_dir.h"

namespace atelier::runtime::process {
namespace {

using Names = std::vector<std::string>;

/// A host that allows everything, until it is told otherwise.
class ProcessTrial : public ::testing::Test {
 protected:
  Result<HostTrial> Try(Isolation want) {
    const HostProbe probe{.cgroups =
                              [this] {
                                CgroupSet set{.version = 2, .folders = {}};
                                for (const char* controller : controllers_)
                                  set.folders[controller] = "/cgroup";
                                return set;
                              },
                          .sandbox = [this](const Host& host) -> Status {
                            ++sandboxes_;
                            const auto refused = [](const char* why) {
                              return Error(Code::kFailedPrecondition,
                                           std::string("It did not start.\n") + why);
                            };
                            if (passing_faults_-- > 0) return refused("bwrap: out of luck");
                            if (!runs_)
                              return refused("bwrap: No permissions to create new namespace");
                            if (host.isolate_network && !pasta_)
                              return refused("pasta: No such file");
                            if (host.isolate_network && host.forbid_metadata && !rules_)
                              return refused("atelier: cannot forbid the metadata addresses");
                            if (host.filter_calls && !seccomp_)
                              return refused("bwrap: prctl(PR_SET_SECCOMP)");
                            if (host.limit_terminals && !remount_)
                              return refused("atelier: cannot limit the terminals");
                            return Ok();
                          },
                          .keyring = [this] { return keyring_; },
                          .users = [this] { return users_; },
                          .swap = [this](const CgroupSet&) { return swap_; },
                          .descriptors = [this] { return descriptors_; },
                          .files = [this] { return files_; }};
    return TryHost({.folder = "/nowhere", .program = "/nowhere", .cgroups = {}}, want, probe, log_);
  }

  static Names Off(const Result<HostTrial>& trial) {
    Names off;
    for (const Control& control : trial->controls) {
      if (!control.on) off.push_back(control.name);
    }
    return off;
  }
  Names Warned() const {
    Names warned;
    const std::string lead = "process.not_isolated control=";
    for (const std::string& line : log_.lines) {
      if (!line.starts_with(lead)) continue;
      warned.push_back(line.substr(lead.size(), line.find(' ', lead.size()) - lead.size()));
    }
    return warned;
  }

  /// `prefer` serves and says what is missing, `require` refuses and names it with `remedy`.
  void ExpectMissing(const Names& missing, const std::string& remedy) {
    const auto preferred = Try(Isolation::kPrefer);
    ASSERT_TRUE(preferred.has_value()) << preferred.error().message();
    EXPECT_EQ(Off(preferred), missing);
    EXPECT_EQ(Warned(), missing);
    const auto required = Try(Isolation::kRequire);
    ASSERT_FALSE(required.has_value());
    EXPECT_EQ(required.error().code(), Code::kFailedPrecondition);
    for (const std::string& name : missing) {
      EXPECT_NE(required.error().message().find("\n- " + name + ": "), std::string::npos) << name;
    }
    EXPECT_NE(required.error().message().find(remedy), std::string::npos);
    EXPECT_NE(required.error().message().find("--isolation prefer"), std::string::npos);
  }

  Names::size_type sandboxes_ = 0;
  int passing_faults_ = 0;
  bool runs_ = true;
  bool pasta_ = true;
  bool rules_ = true;
  bool seccomp_ = true;
  bool remount_ = true;
  bool keyring_ = true;
  bool users_ = true;
  bool swap_ = true;
  bool files_ = true;
  std::uint64_t descriptors_ = 20'000;
  std::vector<const char*> controllers_ = {"cpu", "cpuacct", "memory", "pids"};
  atelier::test::RecordedLog log_;
};

TEST_F(ProcessTrial, AHostThatAllowsAllIsTakenAsItIs) {
  const auto trial = Try(Isolation::kRequire);
  ASSERT_TRUE(trial.has_value()) << trial.error().message();
  Names names;
  for (const Control& control : trial->controls) names.push_back(control.name);
  EXPECT_EQ(names, (Names{"network", "metadata", "calls", "terminals", "keyring", "users", "cpu",
                          "memory", "processes", "descriptors", "files"}));
  EXPECT_EQ(Off(trial), Names{});
  EXPECT_EQ(Warned(), Names{});
  EXPECT_TRUE(trial->host->isolate_network);
  EXPECT_TRUE(trial->host->filter_calls);
  EXPECT_TRUE(trial->host->own_keyring);
  EXPECT_EQ(sandboxes_, 1U);
}

TEST_F(ProcessTrial, WithoutPastaTheNetworkIsShared) {
  pasta_ = false;
  ExpectMissing({"network", "metadata"}, "Install passt");
  const auto trial = Try(Isolation::kPrefer);
  EXPECT_FALSE(trial->host->isolate_network);
  EXPECT_TRUE(trial->host->filter_calls);
  EXPECT_NE(trial->controls[0].effect.find("pasta: No such file"), std::string::npos);
}

TEST_F(ProcessTrial, WithoutRulesTheNetworkIsStillTheirOwn) {
  rules_ = false;
  ExpectMissing({"metadata"}, "CONFIG_IP_MULTIPLE_TABLES");
  const auto trial = Try(Isolation::kPrefer);
  EXPECT_TRUE(trial->host->isolate_network);
  EXPECT_FALSE(trial->host->forbid_metadata);
  EXPECT_TRUE(trial->host->filter_calls);
}

TEST_F(ProcessTrial, WithoutSeccompEveryCallIsOpen) {
  seccomp_ = false;
  ExpectMissing({"calls"}, "CONFIG_SECCOMP_FILTER");
  const auto trial = Try(Isolation::kPrefer);
  EXPECT_TRUE(trial->host->isolate_network);
  EXPECT_TRUE(trial->host->forbid_metadata);
  EXPECT_FALSE(trial->host->filter_calls);
}

TEST_F(ProcessTrial, WhereTerminalsCannotBeLimitedItIsSaid) {
  remount_ = false;
  ExpectMissing({"terminals"}, "Allow the server setns(2) and mount(2)");
  const auto trial = Try(Isolation::kPrefer);
  EXPECT_TRUE(trial->host->isolate_network);
  EXPECT_TRUE(trial->host->forbid_metadata);
  EXPECT_TRUE(trial->host->filter_calls);
  EXPECT_FALSE(trial->host->limit_terminals);
}

TEST_F(ProcessTrial, WithoutSeveralWhatIsLeftStillRunsAndEachSaysItsReason) {
  pasta_ = seccomp_ = remount_ = false;
  ExpectMissing({"network", "metadata", "calls", "terminals"}, "Install passt");
  const auto trial = Try(Isolation::kPrefer);
  EXPECT_NE(trial->controls[0].effect.find("pasta: No such file"), std::string::npos);
  EXPECT_NE(trial->controls[2].effect.find("prctl(PR_SET_SECCOMP)"), std::string::npos);
  EXPECT_NE(trial->controls[3].effect.find("cannot limit the terminals"), std::string::npos);
}

TEST_F(ProcessTrial, WithoutCgroupsNothingIsLimited) {
  controllers_ = {};
  ExpectMissing({"cpu", "memory", "processes"}, "Delegate=yes");
}

TEST_F(ProcessTrial, AControllerThatIsMissingIsNamed) {
  controllers_ = {"cpu", "pids"};
  ExpectMissing({"memory"}, "/sys/fs/cgroup");
}

TEST_F(ProcessTrial, WithoutAKeyringTheFilterIsAllThereIs) {
  keyring_ = false;
  ExpectMissing({"keyring"}, "keyctl");
  EXPECT_FALSE(Try(Isolation::kPrefer)->host->own_keyring) << "or nothing could start";
}

TEST_F(ProcessTrial, AServerThatIsNotRootHasOneUserForAll) {
  users_ = false;
  ExpectMissing({"users"}, "Run the server as root");
}

TEST_F(ProcessTrial, FewOpenFilesForAllAreSaidAndNeverRefused) {
  files_ = false;
  const auto required = Try(Isolation::kRequire);
  ASSERT_TRUE(required.has_value()) << required.error().message();
  EXPECT_EQ(Off(required), Names{"files"});
  EXPECT_EQ(Warned(), Names{"files"});
  EXPECT_NE(required->controls.back().remedy.find("sysctl fs.file-max="), std::string::npos);
}

TEST_F(ProcessTrial, SwapThatNobodyCountsIsAWayAroundTheMemoryLimit) {
  swap_ = false;
  ExpectMissing({"memory"}, "swapaccount=1");
  controllers_ = {"cpu", "pids"};
  log_.lines.clear();
  ExpectMissing({"memory"}, "Delegate=yes");
}

TEST_F(ProcessTrial, AFewDescriptorsAreTooFew) {
  descriptors_ = 1023;
  ExpectMissing({"descriptors"}, "LimitNOFILE=");
  descriptors_ = 1024;
  EXPECT_TRUE(Try(Isolation::kRequire).has_value());
}

TEST_F(ProcessTrial, WithoutSandboxesNothingIsServedWhateverIsPreferred) {
  runs_ = false;
  for (const Isolation want : {Isolation::kRequire, Isolation::kPrefer, Isolation::kOff}) {
    const auto trial = Try(want);
    ASSERT_FALSE(trial.has_value());
    EXPECT_EQ(trial.error().message(),
              "This host cannot run sandboxes. Install bubblewrap and allow unprivileged user "
              "namespaces (sysctl kernel.unprivileged_userns_clone=1). What it said: bwrap: No "
              "permissions to create new namespace");
  }
}

TEST_F(ProcessTrial, APassingFaultCostsNoIsolation) {
  passing_faults_ = 1;
  const auto trial = Try(Isolation::kRequire);
  ASSERT_TRUE(trial.has_value()) << trial.error().message();
  EXPECT_EQ(Off(trial), Names{});
}

TEST_F(ProcessTrial, OffSharesTheNetworkAloneAndStillSaysSo) {
  const auto trial = Try(Isolation::kOff);
  ASSERT_TRUE(trial.has_value()) << trial.error().message();
  EXPECT_EQ(Off(trial), (Names{"network", "metadata"}));
  EXPECT_EQ(Warned(), (Names{"network", "metadata"}));
  EXPECT_FALSE(trial->host->isolate_network);
  EXPECT_TRUE(trial->host->filter_calls);
  EXPECT_EQ(sandboxes_, 1U);
}

// As on a host that has no process left to give: whoever reads it must know where to look.
TEST_F(ProcessTrial, AShimThatEndsAtOnceIsNamed) {
  const atelier::test::TempDir folder;
  const Host host{.folder = folder.path(), .program = "/bin/true", .cgroups = {}};
  const Status tried = RealProbe().sandbox(host);
  ASSERT_FALSE(tried.has_value());
  EXPECT_NE(tried.error().message().find("shim of a trial sandbox ended without a result"),
            std::string::npos)
      << tried.error().message();
}

}  // namespace
}  // namespace atelier::runtime::process
