// What a workload can see, reach and use up: the claims of docs/security.md.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "process_world.h"
#include "runtime/process/shared.h"

namespace atelier::runtime {
namespace {

namespace fs = std::filesystem;

class ProcessSandbox : public test::ProcessWorld {
 protected:
  process::SandboxRecord SandboxOf(const std::string& id) {
    return process::ReadRecord<process::SandboxRecord>(RunOf(id).Sandbox()).value();
  }

  static bool Limits(const char* controller) {
    return process::DetectCgroups().folders.contains(controller);
  }
};

TEST_F(ProcessSandbox, SecretsAreInNoCommandLineAndOnlyTheOwnerReadsThem) {
  Workload work = Shell("dsw-a", "echo ${#TOKEN}; sleep 1000");
  work.environment = {{"TOKEN", "hunter2-hunter2"}};
  work.on_start = "# hunter2-hunter2\n";
  ASSERT_TRUE(Ensure(work).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "15\n"; }));
  EXPECT_EQ(test::Named("hunter2-hunter2"), std::vector<int>{});
  struct stat info{};
  ASSERT_EQ(::stat(RunOf("dsw-a").Spec().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(RunOf("dsw-a").folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kExited);
  EXPECT_FALSE(fs::exists(RunOf("dsw-a").Spec())) << "kept no longer than needed";
  EXPECT_FALSE(fs::exists(RunOf("dsw-a").Etc()));
}

TEST_F(ProcessSandbox, TheServersEnvironmentStaysOutside) {
  ::setenv("SERVER_SECRET", "do-not-leak", 1);
  const std::string seen = Say("env; cat /proc/*/environ | tr '\\0' '\\n'");
  ::unsetenv("SERVER_SECRET");
  EXPECT_EQ(seen.find("do-not-leak"), std::string::npos);
  EXPECT_NE(seen.find("HOME=/home/atelier\n"), std::string::npos);
}

TEST_F(ProcessSandbox, OnlyItsOwnFoldersAreThere) {
  ASSERT_TRUE(Ensure(Shell("dsw-other", "touch secret; sleep 1000")).has_value());
  Await("dsw-other", Phase::kReady);
  EXPECT_EQ(Say("pwd; ls -A /home /root /tmp " + dir_.path() +
                " 2>&1; id -u; cat /etc/shadow 2>&1; "
                "touch /usr/x /x /etc/x 2>&1; touch own && echo written"),
            "/home/atelier\n"
            "ls: cannot access '/root': No such file or directory\n"
            "ls: cannot access '" +
                dir_.path() +
                "': No such file or directory\n"
                "/home:\natelier\n\n/tmp:\n"
                "1000\n"
                "cat: /etc/shadow: No such file or directory\n"
                "touch: cannot touch '/usr/x': Read-only file system\n"
                "touch: cannot touch '/x': Read-only file system\n"
                "touch: cannot touch '/etc/x': Read-only file system\n"
                "written\n");
}

TEST_F(ProcessSandbox, ItHasNoPrivilegesAndSeesNoOtherProcesses) {
  ASSERT_TRUE(Ensure(Shell("dsw-a",
                           "grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; "
                           "unshare --user true 2>/dev/null || echo no user namespaces; "
                           "set -- /proc/[0-9]*; echo $#; hostname; echo end; sleep 1000"))
                  .has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a").ends_with("end\n"); }));
  EXPECT_EQ(LogOf("dsw-a"),
            "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n"
            "no user namespaces\n"
            "2\n"  // the sandbox's first process and this shell, which counts without forking
            "dsw-a\nend\n");
  struct stat info{};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(SandboxOf("dsw-a").init.pid)).c_str(), &info), 0);
  EXPECT_NE(info.st_uid, 0U) << "root's workloads are not root to the kernel either";
}

TEST_F(ProcessSandbox, FilesItMakesBelongToItInsideAndToNobodyElseOutside) {
  EXPECT_EQ(Say("touch mine; stat -c %u:%g mine; touch mine && echo writable"),
            "1000:1000\nwritable\n");
  EXPECT_EQ(Say("stat -c %u:%g mine; touch mine && echo writable"), "1000:1000\nwritable\n");
  struct stat info{};
  ASSERT_EQ(::stat((dir_.path() + "/instances").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(ProcessSandbox, TheNetworkIsItsOwn) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const UniqueFd closes(listener);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_ANY);
  socklen_t size = sizeof any;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&any), &size), 0);
  const std::string port = std::to_string(ntohs(any.sin_port));

  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  const auto net = [](const std::string& pid) {
    return fs::read_symlink("/proc/" + pid + "/ns/net");
  };
  if (net(std::to_string(SandboxOf("dsw-a").init.pid)) == net("self")) {
    GTEST_SKIP()
        << "this host has no working pasta: workloads share its network (docs/security.md)";
  }
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kExited);
  generation_ = 1;
  EXPECT_EQ(Say("for host in 127.0.0.1 ::1 localhost; do bash -c \"exec 3<>/dev/tcp/$host/" + port +
                "\" 2>/dev/null && echo reached $host; done; echo done"),
            "done\n");
}

/// What a connection from inside to each address is answered: the name of an errno.
constexpr const char* kConnects = R"(
import errno, socket, sys
link = [(0, index) for index, name in socket.if_nameindex() if name != 'lo'][:1]
for word in sys.argv[1:]:
    address, kind, port = word.split(',')
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    with socket.socket(family, getattr(socket, kind)) as s:
        s.settimeout(2)
        try:
            s.connect((address, int(port), *(link[0] if address.startswith('fe80') else ())))
            answer = 'connected'
        except TimeoutError:
            answer = 'no answer'
        except OSError as error:
            answer = errno.errorcode[error.errno]
    print(address, kind, port, answer)
)";

TEST_F(ProcessSandbox, MetadataServicesAreForbidden) {
  if (!HostHas("metadata")) GTEST_SKIP() << "this host cannot forbid them (docs/security.md)";
  std::vector<std::string> asked;
  std::string expected;
  for (const char* address :
       {"169.254.169.254", "169.254.170.2", "169.254.0.1", "169.254.255.254", "100.100.100.200",
        "168.63.129.16", "192.0.0.192", "::ffff:169.254.169.254", "fd00:ec2::254", "fd00:ec2::23",
        "fd20:ce::254", "fd00:c1::a9fe:a9fe", "64:ff9b::a9fe:a9fe", "fe80::a9fe:a9fe"}) {
    for (const char* kind : {"SOCK_STREAM,80", "SOCK_DGRAM,53"}) {
      asked.push_back(std::string(address) + "," + kind);
      std::string line = asked.back() + " EACCES\n";
      std::ranges::replace(line, ',', ' ');
      expected += line;
    }
  }
  EXPECT_EQ(Say("",
                [&](Workload& work) {
                  work.command = {"/usr/bin/python3", "-c", kConnects};
                  work.command.insert(work.command.end(), asked.begin(), asked.end());
                }),
            expected);
}

/// Some clouds have their name servers at the same addresses.
TEST_F(ProcessSandbox, NameServersAtTheseAddressesAnswerDnsAlone) {
  if (!HostHas("metadata")) GTEST_SKIP() << "this host cannot forbid them (docs/security.md)";
  Workload work = Shell("dsw-a", "");
  work.command = {"/usr/bin/python3",
                  "-c",
                  kConnects,
                  "169.254.169.254,SOCK_DGRAM,53",
                  "169.254.169.254,SOCK_DGRAM,80",
                  "169.254.169.254,SOCK_STREAM,80",
                  "169.254.169.253,SOCK_DGRAM,53"};
  Close();
  const process::Host host{.folder = dir_.path() + "/instances",
                           .program = ATELIER_SHIM,
                           .isolate_network = true,
                           .cgroups = {}};
  const auto spec = process::PlanRun(host, work);
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(process::PrepareRun(host, *spec, "").has_value());
  std::ofstream(RunOf("dsw-a").Etc() + "/resolv.conf")
      << "search example\nnameserver 169.254.169.254\n";
  Open();  // which finds a life without shim, and starts it as it was planned
  Await("dsw-a", Phase::kExited);
  EXPECT_EQ(LogOf("dsw-a"),
            "169.254.169.254 SOCK_DGRAM 53 connected\n"
            "169.254.169.254 SOCK_DGRAM 80 EACCES\n"
            "169.254.169.254 SOCK_STREAM 80 EACCES\n"
            "169.254.169.253 SOCK_DGRAM 53 EACCES\n");
}

/// Says when an address of metadata services is anything but forbidden, and what it sees of its
/// network.
constexpr const char* kWatchesItsNetwork = R"(
import errno, socket, time
last = None
while True:
    names = sorted(name for _, name in socket.if_nameindex())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        answer = errno.errorcode.get(s.connect_ex(('169.254.169.254', 80)), 'connected')
    if answer != 'EACCES': print('open', answer, flush=True)
    if names != last: print('interfaces', len(names), flush=True)
    last = names
    time.sleep(0.02)
)";

// Promise 4: it would run on, cut off, and nobody would know.
TEST_F(ProcessSandbox, ANetworkThatBrokeDownIsSetUpAgainAndTold) {
  if (!HostHas("metadata")) GTEST_SKIP() << "this host gives it no such network";
  Workload work = Shell("dsw-a", "");
  work.command = {"/usr/bin/python3", "-c", kWatchesItsNetwork};
  ASSERT_TRUE(Ensure(work).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "interfaces 2\n"; }))
      << LogOf("dsw-a");
  const auto sample = [&] { return Run(driver_->Sample(model::InstanceId("dsw-a"), Soon())); };
  for (std::uint64_t ends = 1; ends <= 2; ++ends) {
    const process::SandboxRecord before = SandboxOf("dsw-a");
    ASSERT_TRUE(before.uplink);
    ::kill(before.uplink->pid, SIGKILL);
    ASSERT_TRUE(test::Eventually([&] { return SandboxOf("dsw-a").uplink_ends == ends; }));
    ASSERT_TRUE(test::Eventually([&] { return sample()->connected; }));
    EXPECT_EQ(sample()->network_ends, ends);
    EXPECT_NE(SandboxOf("dsw-a").uplink, before.uplink);
  }
  ASSERT_TRUE(test::Eventually([&] {
    const std::string log = LogOf("dsw-a");
    return log.find("\ninterfaces 1\n") != std::string::npos && log.ends_with("\ninterfaces 2\n");
  })) << LogOf("dsw-a");
  EXPECT_NE(LogOf("dsw-a").find("atelier: its network ended and was set up again\n"),
            std::string::npos);
  EXPECT_EQ(LogOf("dsw-a").find("open"), std::string::npos) << "forbidden at every moment";
  EXPECT_EQ(Await("dsw-a", Phase::kReady).reason, "");
}

TEST_F(ProcessSandbox, ANetworkThatIsGoneForGoodIsTold) {
  if (!HostHas("network")) GTEST_SKIP() << "this host gives it none";
  ASSERT_TRUE(Ensure(Shell("dsw-a", "sleep 1000")).has_value());
  Await("dsw-a", Phase::kReady);
  const int shim = process::ReadRecord<process::ProcessRef>(RunOf("dsw-a").ShimRecord())->pid;
  ::kill(shim, SIGSTOP);  // who would set it up again
  ::kill(SandboxOf("dsw-a").uplink->pid, SIGKILL);
  const auto sample = [&] { return Run(driver_->Sample(model::InstanceId("dsw-a"), Soon())); };
  EXPECT_TRUE(test::Eventually([&] { return !sample()->connected; }));
  EXPECT_EQ(sample()->network_ends, 1U);
  ::kill(shim, SIGCONT);
  EXPECT_TRUE(test::Eventually([&] { return sample()->connected; }));
}

TEST_F(ProcessSandbox, ItsOwnLoopbackWorks) {
  EXPECT_EQ(Say("python3 -c \"import socket; s = socket.create_server(('127.0.0.1', 0)); "
                "socket.create_connection(s.getsockname()); print('connected')\""),
            "connected\n");
}

TEST_F(ProcessSandbox, WithoutIsolationTheNetworkIsTheHosts) {
  Close();
  Open(false);
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(SandboxOf("dsw-a").init.pid) + "/ns/net"),
            fs::read_symlink("/proc/self/ns/net"));
}

TEST_F(ProcessSandbox, AForkBombMeetsItsLimit) {
  const auto small = [](Workload& work) { work.capacity.milli_cpu = 500; };  // MostProcesses: 1024
  const std::string said = Say(R"(exec python3 -c "
import os, time
n = 0
try:
    while n < 3000:
        if os.fork() == 0:
            time.sleep(1000)
        n += 1
except OSError:
    print('stopped', n > 900, n < 1024, flush=True)
")",
                               small);
  EXPECT_EQ(said, "stopped True True\n");
}

TEST_F(ProcessSandbox, RunningOutOfMemoryIsNamed) {
  if (!Limits("memory")) GTEST_SKIP() << "this host lets us make no memory cgroups";
  Workload work =
      Shell("dsw-a", "exec python3 -c \"hog = [bytearray(1 << 20) for i in range(1000)]\"");
  work.capacity.memory_mib = 64;
  ASSERT_TRUE(Ensure(work).has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_TRUE(end.out_of_memory);
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_EQ(end.reason, "It ran out of memory: its limit is 64 MiB.");
}

TEST_F(ProcessSandbox, AProcessThatTheMemoryLimitEndedIsCountedWhileTheOthersRunOn) {
  if (!Limits("memory")) GTEST_SKIP() << "this host lets us make no memory cgroups";
  Workload work = Shell(
      "dsw-a",
      "python3 -c \"hog = [bytearray(1 << 20) for i in range(1000)]\"; echo $?; exec sleep 1000");
  work.capacity.memory_mib = 64;
  ASSERT_TRUE(Ensure(work).has_value());
  Await("dsw-a", Phase::kReady);
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a").find("137\n") != std::string::npos; }))
      << LogOf("dsw-a");
  const auto usage = Run(driver_->Sample(model::InstanceId("dsw-a"), Soon()));
  ASSERT_TRUE(usage.has_value());
  EXPECT_EQ(usage->oom_kills, 1U);
}

TEST_F(ProcessSandbox, TheMemoryOfItsTmpCounts) {
  if (!Limits("memory")) GTEST_SKIP() << "this host lets us make no memory cgroups";
  const std::string said = Say("head -c 200M /dev/zero > /tmp/big; stat -c %s /tmp/big; echo end",
                               [](Workload& work) { work.capacity.memory_mib = 64; });
  EXPECT_EQ(said.find("209715200"), std::string::npos) << said;
}

/// On a host that lets us make no cgroups, whatever this one does.
TEST_F(ProcessSandbox, WithoutCgroupsTheDataOfEachProcessIsLimited) {
  Close();
  const process::Host host{
      .folder = dir_.path() + "/instances", .program = ATELIER_SHIM, .cgroups = {}};
  Workload work = Shell("dsw-a",
                        "ulimit -d; ulimit -Hd; "
                        "python3 -c \"bytearray(100 << 20)\" 2>/dev/null || echo refused");
  work.capacity.memory_mib = 64;
  work.on_start = "ulimit -d";
  const auto spec = process::PlanRun(host, work);
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(process::PrepareRun(host, *spec, *work.on_start).has_value());
  Open();  // which finds a life without shim, and starts it as it was planned
  EXPECT_EQ(Await("dsw-a", Phase::kExited).exit_code, 0);
  EXPECT_EQ(LogOf("dsw-a"), "65536\n65536\n65536\nrefused\n");
}

TEST_F(ProcessSandbox, CpuIsHeldToItsShare) {
  if (!Limits("cpu")) GTEST_SKIP() << "this host lets us make no cpu cgroups";
  const std::string said =
      Say("timeout 1 sh -c 'while :; do :; done'; cat /proc/self/stat >/dev/null; times | tail -1",
          [](Workload& work) { work.capacity.milli_cpu = 200; });
  // "0m0.190000s 0m0.010000s": user and system time of the children
  ASSERT_TRUE(said.starts_with("0m0.")) << said;
  EXPECT_LT(std::stod(said.substr(2)), 0.45) << said;
}

TEST_F(ProcessSandbox, WhatServesAWorkloadIsHeldToTheWorkloadsLimits) {
  if (!Limits("cpu")) GTEST_SKIP() << "this host lets us make no cpu cgroups";
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  const auto spec = process::ReadRecord<process::Spec>(RunOf("dsw-a").Spec());
  ASSERT_TRUE(spec.has_value());
  const auto members = process::MembersOf(spec->cgroup);
  const auto within = [&](int pid) { return std::ranges::find(members, pid) != members.end(); };
  const int shim = process::ReadRecord<process::ProcessRef>(RunOf("dsw-a").ShimRecord())->pid;
  const process::SandboxRecord sandbox = SandboxOf("dsw-a");
  EXPECT_TRUE(within(sandbox.init.pid));
  EXPECT_TRUE(within(shim));
  EXPECT_TRUE(!sandbox.uplink || within(sandbox.uplink->pid)) << "pasta";
  for (const int child : process::ChildrenOf(shim)) EXPECT_TRUE(within(child)) << child;
}

/// What the shim has written, in bytes.
std::uint64_t WrittenBy(int pid) {
  std::istringstream lines(process::ReadFile("/proc/" + std::to_string(pid) + "/io").value_or(""));
  std::string key;
  std::uint64_t value = 0;
  while (lines >> key >> value && key != "wchar:") {
  }
  return value;
}

TEST_F(ProcessSandbox, EndlessOutputReachesTheDiskAtItsRateAndEndsWithItsLastLines) {
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(
      Ensure(Shell("dsw-a", "yes | head -c 30M; echo the last line; sleep 1000")).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a").ends_with("\nthe last line\n"); }));
  const int shim = process::ReadRecord<process::ProcessRef>(RunOf("dsw-a").ShimRecord())->pid;
  const std::uint64_t written = WrittenBy(shim);
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begun).count());
  constexpr std::uint64_t kRecords = 64 << 10;  // and what else it writes
  EXPECT_GT(written, 1U << 20) << "it writes here at all";
  EXPECT_LE(written, (4U << 20) + seconds * (256U << 10) + kRecords) << seconds << " s";
  const std::string log =
      process::TailOfLog(RunOf("dsw-a").Log(), RunOf("dsw-a").OldLog(), 2 << 20).value_or("");
  EXPECT_NE(log.find(" of output were dropped\n"), std::string::npos);
}

TEST_F(ProcessSandbox, OrphansAndDaemonsDieWithIt) {
  const std::string mark =
      "7654321" + std::to_string(::getpid());  // seconds to sleep, and no others do
  const std::string sleep = "sleep " + mark;
  ASSERT_TRUE(Ensure(Shell("dsw-a", "(setsid " + sleep + " &); (nohup sh -c 'trap \"\" TERM HUP; " +
                                        sleep + "; " + sleep + "' &); echo up; sleep 0.2"))
                  .has_value());
  ASSERT_TRUE(test::Eventually([&] { return test::Named(mark).size() >= 4; }));
  Await("dsw-a", Phase::kExited);
  EXPECT_EQ(test::Named(mark), std::vector<int>{});
}

/// The folders that the operator opens to workloads.
class ProcessShared : public ProcessSandbox {
 protected:
  void SetUp() override {
    fs::create_directories(dir_.path() + "/models/iris");
    fs::create_directories(dir_.path() + "/private");
    std::ofstream(dir_.path() + "/models/iris/weights") << "0.5";
    std::ofstream(dir_.path() + "/private/key") << "secret";
    fs::create_directory_symlink(dir_.path() + "/private", dir_.path() + "/models/way-out");
    shared_folders_ = {dir_.path() + "/models"};
    ProcessSandbox::SetUp();
  }
  Status EnsureWith(Mount mount) {
    Workload work = Shell("dsw-a", "true");
    work.generation = ++generation_;
    work.mounts = {std::move(mount)};
    return Ensure(work);
  }
};

TEST_F(ProcessShared, AnOpenedFolderIsSeenReadOnly) {
  EXPECT_EQ(Say("cat /model/weights; echo; touch /model/x 2>&1",
                [](Workload& work) { work.mounts = {{.from = "iris", .inside = "/model"}}; }),
            "0.5\ntouch: cannot touch '/model/x': Read-only file system\n");
  EXPECT_EQ(Say("cat /m",
                [&](Workload& work) {
                  work.mounts = {{.from = dir_.path() + "/models/iris/weights", .inside = "/m"}};
                }),
            "0.5");
}

TEST_F(ProcessShared, NothingElseIs) {
  for (const std::string& from :
       {std::string("/etc"), std::string("../private"), std::string("way-out"),
        std::string("iris/../../private"), std::string("absent")}) {
    const Status refused = EnsureWith({.from = from, .inside = "/model"});
    ASSERT_FALSE(refused.has_value()) << from;
    EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition) << from;
  }
}

TEST_F(ProcessShared, WhatIsMissingIsSaidToBeAndWhatLiesOutsideCannotBeFoundOut) {
  fs::create_directory_symlink(dir_.path() + "/none", dir_.path() + "/models/dangling");
  fs::create_directory_symlink("../none", dir_.path() + "/models/up-and-dangling");
  const auto why = [&](const std::string& from) {
    const Status refused = Run(driver_->CheckMounts({{.from = from, .inside = "/model"}}, Soon()));
    return refused ? "" : refused.error().message();
  };
  EXPECT_EQ(why("iris"), "");
  EXPECT_EQ(why("iris/weights"), "");
  for (const std::string& from : {std::string("absent"), std::string("iris/../absent"),
                                  std::string("iris/weights/x"), dir_.path() + "/models/absent"}) {
    EXPECT_EQ(why(from), "The folder " + from +
                             " does not exist in the folders that this server "
                             "opens (--shared-folders).");
  }
  for (const std::string& from :
       {std::string("/etc"), std::string("/no-such"), std::string("../private"),
        std::string("../none"), std::string("way-out"), std::string("way-out/key"),
        std::string("way-out/none"), std::string("dangling"), std::string("up-and-dangling/x")}) {
    EXPECT_EQ(why(from), "The folder " + from +
                             " is not one of those that the server opens to "
                             "workloads (--shared-folders).");
  }
  EXPECT_NE(Run(driver_->CheckMounts({{.from = "iris", .inside = "/proc"}}, Soon()))
                .error()
                .message()
                .find("cannot be mounted at /proc"),
            std::string::npos);
}

TEST_F(ProcessShared, Promise8AFolderThatBecameALinkAfterItWasLookedAtIsNotShown) {
  Close();
  const process::Host host{.folder = dir_.path() + "/instances",
                           .program = ATELIER_SHIM,
                           .cgroups = {},
                           .shared_folders = shared_folders_};
  Workload work = Shell("dsw-a", "cat /model/*");
  work.mounts = {{.from = "iris", .inside = "/model"}};
  const auto spec = process::PlanRun(host, work);
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(process::PrepareRun(host, *spec, "").has_value());
  fs::rename(dir_.path() + "/models/iris", dir_.path() + "/models/moved");
  fs::create_directory_symlink(dir_.path() + "/private", dir_.path() + "/models/iris");
  Open();  // which finds a life without shim, and starts it as it was planned
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(end.reason, "The sandbox could not be started.");
  EXPECT_EQ(end.log_tail, "atelier: cannot show the folder " + dir_.path() +
                              "/models/iris: Too many levels of symbolic links\n");
}

TEST_F(ProcessShared, WhatIsShownIsComparedWithWhatWasOpened) {
  const process::Host host{.folder = dir_.path() + "/instances",
                           .program = ATELIER_SHIM,
                           .cgroups = {},
                           .shared_folders = shared_folders_};
  Workload work = Shell("dsw-a", "sleep 1000");
  work.mounts = {{.from = "iris/weights", .inside = "/model/iris/weights"},  // covered by the next
                 {.from = "iris", .inside = "/model/iris"},
                 {.from = "", .inside = "/all"}};
  const auto spec = process::PlanRun(host, work);
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(Ensure(work).has_value());
  Await("dsw-a", Phase::kReady);
  const auto sandbox = process::ReadRecord<process::SandboxRecord>(RunOf("dsw-a").Sandbox());
  ASSERT_TRUE(sandbox.has_value());
  const auto opened = process::OpenShared(*spec);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(process::ShowsShared(*spec, *opened, sandbox->init.pid));
  fs::rename(dir_.path() + "/models/iris", dir_.path() + "/models/moved");
  fs::create_directory(dir_.path() + "/models/iris");
  std::ofstream(dir_.path() + "/models/iris/weights") << "another";
  const auto exchanged = process::OpenShared(*spec);
  ASSERT_TRUE(exchanged.has_value());
  EXPECT_FALSE(process::ShowsShared(*spec, *exchanged, sandbox->init.pid));
}

TEST_F(ProcessShared, WhatMakesTheSandboxIsNotCovered) {
  for (const char* inside : {"/", "/proc/self", "/dev", "/run", "/run/atelier/x", "relative"}) {
    EXPECT_FALSE(EnsureWith({.from = "iris", .inside = inside}).has_value()) << inside;
  }
}

TEST_F(ProcessShared, NoMountSmugglesArgumentsToTheSandbox) {
  using namespace std::string_literals;  // NOLINT(google-build-using-namespace): for the NULs
  const Status refused = EnsureWith({.from = "iris", .inside = "/m\0--bind\0/\0/host"s});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
}

/// Listens on port 8000 and answers every GET with "tcp".
constexpr const char* kTcpServer = R"(
import http.server
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', '3')
        self.end_headers()
        self.wfile.write(b'tcp')
    def log_message(self, *rest): pass
http.server.ThreadingHTTPServer(('0.0.0.0', 8000), Answer).serve_forever()
)";

class ProcessPort : public ProcessSandbox {
 protected:
  void Start(const std::string& id) {
    Workload work = Shell(id, "");
    work.command = {"/usr/bin/python3", "-c", kTcpServer};
    work.port = 8000;
    work.ready_path = "/";
    ASSERT_TRUE(Ensure(work).has_value());
    Await(id, Phase::kReady);
  }
  /// What a GET over the workload's socket is answered; empty: nothing.
  std::string Get(const std::string& id) {
    http::Address address;
    address.unix_path = driver_->EndpointOf(model::InstanceId(id))->unix_path;
    http::RequestHead head;
    head.method = "GET";
    head.target = "/";
    head.headers.Add("Host", "localhost");
    const auto answer = Run(client_->Fetch(address, head, "", 100, Soon()));
    return answer ? answer->body : "";
  }
};

TEST_F(ProcessPort, IsServedAgainWhenWhatLeadsToItEnds) {
  Start("dsw-a");
  std::vector<int> relays;
  for (const int pid : process::TreeOf(SandboxOf("dsw-a").init.pid)) {
    const auto line = process::ReadFile("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
    if (line.starts_with("/run/atelier-relay") && process::ChildrenOf(pid).empty())
      relays.push_back(pid);
  }
  ASSERT_EQ(relays.size(), 1U);
  ::kill(relays[0], SIGKILL);
  EXPECT_TRUE(test::Eventually([&] { return Get("dsw-a") == "tcp"; }));
  EXPECT_NE(LogOf("dsw-a").find("atelier: the way to its port ended and is opened again\n"),
            std::string::npos);
}

TEST_F(ProcessPort, IsReachedOverTheSocketAndOnlyThere) {
  // Two workloads on the same port: each has a network of its own.
  for (const char* id : {"dsw-a", "dsw-b"}) {
    Start(id);
    EXPECT_EQ(Get(id), "tcp");
  }
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kExited).reason, "");
}

TEST_F(ProcessPort, NeedsANetworkOfItsOwn) {
  Close();
  Open(false);
  Workload work = Shell("dsw-a", "true");
  work.port = 8000;
  EXPECT_EQ(Ensure(work).error().code(), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace atelier::runtime
