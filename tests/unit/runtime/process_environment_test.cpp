#include <filesystem>
#include <fstream>

#include "process_world.h"

namespace atelier::runtime {
namespace {

namespace fs = std::filesystem;

/// What programs of a sandbox find around them.
class ProcessEnvironment : public test::ProcessWorld {};

TEST_F(ProcessEnvironment, ShellsKeepThePathOfTheImage) {
  fs::create_directories(dir_.path() + "/image/bin");
  const std::string path = dir_.path() + "/image/bin:/usr/local/bin:/usr/bin:/bin\n";
  std::string script, expected;
  for (const char* shell : {"bash -lc", "bash -c", "sh -lc", "sh -c", "bash -ic", "bash -lic"}) {
    script += std::string(shell) + " 'echo $PATH' 2>/dev/null\n";
    expected += path;
  }
  EXPECT_EQ(Say(script, [&](Workload& work) { work.image_prefix = dir_.path() + "/image"; }),
            expected);
}

// Programs of a Python environment name its interpreter by the path that it was made at.
TEST_F(ProcessEnvironment, AnImageThatIsNamedByALinkRunsItsPrograms) {
  const std::string image = dir_.path() + "/image";
  fs::create_directories(image + "/bin");
  fs::create_symlink("/bin/sh", image + "/bin/interpreter");
  std::ofstream(image + "/bin/greet") << "#!" << image << "/bin/interpreter\necho hello\n";
  fs::permissions(image + "/bin/greet", fs::perms::owner_all | fs::perms::others_exec |
                                            fs::perms::others_read | fs::perms::group_read);
  const std::string link = dir_.path() + "/link";
  fs::create_directory_symlink(image, link);
  EXPECT_EQ(Say("greet; " + link + "/bin/greet", [&](Workload& work) { work.image_prefix = link; }),
            "hello\nhello\n");
}

TEST_F(ProcessEnvironment, AnInteractiveShellHasAPrompt) {
  EXPECT_NE(Say("bash -lic 'echo \"$PS1\"' 2>/dev/null"), "\n");
  EXPECT_NE(Say("sh -lic 'echo \"$PS1\"' 2>/dev/null"), "\n");
}

constexpr const char* kSetUp =
    "echo set up $1; mkdir /run/atelier/bin; "
    "printf '#!/bin/sh\\necho instead of \"$@\"\\n' >/run/atelier/bin/true; "
    "chmod +x /run/atelier/bin/true; exit $FAILS";

TEST_F(ProcessEnvironment, ASetUpRunsBeforeTheStartScriptAndTheRunGoesOnIfItFails) {
  for (const std::string fails : {"0", "3"}) {
    EXPECT_EQ(Say("echo the command",
                  [&](Workload& work) {
                    work.set_up = kSetUp;
                    work.on_start = "echo the script";
                    work.environment["FAILS"] = fails;
                  }),
              "set up /bin/sh\nthe script\nthe command\n");
  }
}

TEST_F(ProcessEnvironment, ASetUpMayPutAProgramInTheCommandsPlace) {
  EXPECT_EQ(Say("",
                [](Workload& work) {
                  work.set_up = kSetUp;
                  work.command = {"/bin/true", "a b", "c"};
                }),
            "set up /bin/true\ninstead of a b c\n");
}

TEST_F(ProcessEnvironment, WithoutASetUpNoProgramTakesTheCommandsPlace) {
  EXPECT_EQ(Say("",
                [](Workload& work) {
                  work.on_start = "mkdir /run/atelier/bin; cp /bin/false /run/atelier/bin/echo";
                  work.command = {"/bin/echo", "itself"};
                }),
            "itself\n");
}

/// The variables and certificates that the operator gives to all.
class ProcessDefaults : public ProcessEnvironment {
 protected:
  void SetUp() override {
    fs::create_directories(dir_.path() + "/closed");
    std::ofstream(dir_.path() + "/closed/ca.pem") << "the company's\n";
    fs::permissions(dir_.path() + "/closed", fs::perms::owner_all);
    environment_ = {{"https_proxy", "http://proxy:3128"}, {"GREETING", "default"}};
    shown_files_ = {dir_.path() + "/closed/ca.pem", dir_.path() + "/gone.pem",
                    "/etc/ssl/certs/ca-certificates.crt"};
    ProcessEnvironment::SetUp();
  }
};

TEST_F(ProcessDefaults, ReachEverySandboxAndGiveWayToItsOwnVariables) {
  EXPECT_EQ(Say("echo $https_proxy $GREETING"), "http://proxy:3128 default\n");
  EXPECT_EQ(Say("echo $https_proxy $GREETING",
                [](Workload& work) { work.environment["GREETING"] = "own"; }),
            "http://proxy:3128 own\n");
}

TEST_F(ProcessDefaults, CertificatesAreThereReadOnlyAtTheirPath) {
  const std::string file = dir_.path() + "/closed/ca.pem";
  EXPECT_EQ(Say("cat " + file + "; echo x 2>/dev/null >>" + file + " || echo read-only; ls " +
                dir_.path() + "/closed"),
            "the company's\nread-only\nca.pem\n");
}

}  // namespace
}  // namespace atelier::runtime
