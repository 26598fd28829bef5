// What the host has for workloads is read from the host, and from the cgroups around the server.
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "runtime/process.h"
#include "runtime/process/cgroup.h"

namespace atelier::runtime {
namespace {

TEST(ProcessHost, IsNoLargerThanTheMachine) {
  const auto host = MeasureHost();
  ASSERT_TRUE(host);
  struct sysinfo machine{};
  ASSERT_EQ(::sysinfo(&machine), 0);
  const auto installed = static_cast<std::int64_t>(machine.totalram * machine.mem_unit >> 20U);
  EXPECT_GE(host->milli_cpu, 1);
  EXPECT_LE(host->milli_cpu, ::sysconf(_SC_NPROCESSORS_ONLN) * 1000);
  EXPECT_GE(host->memory_mib, 1);
  EXPECT_LE(host->memory_mib, installed + 1024);  // whole gigabytes, as machines are sold
  EXPECT_GE(host->processes, 1);
  EXPECT_LT(host->processes, 4'194'304);  // the most that pid_max can be: some stay for others
  EXPECT_EQ(host->milli_gpu, 0);          // sandboxes are shown none
}

TEST(ProcessHost, IsNoLargerThanTheContainerThatTheServerRunsIn) {
  const auto base = process::DetectCgroups();
  for (const char* controller : {"cpu", "memory", "pids"}) {
    if (!base.folders.contains(controller)) GTEST_SKIP() << "no cgroups to be made here";
  }
  const auto container = process::CgroupNamed(base, "host-test-" + std::to_string(::getpid()));
  ASSERT_TRUE(process::CreateCgroup(
      container,
      {.milli_cpu = 500, .memory_mib = 512, .milli_gpu = 0, .gpu_memory_mib = 0, .gpu_type = {}}));
  const pid_t child = ::fork();
  if (child == 0) {
    if (!process::EnterCgroup(container, process::Part::kWorkload)) ::_exit(2);
    const auto host = MeasureHost();
    const bool small = host && host->milli_cpu == 500 && host->memory_mib == 512 &&
                       host->processes == 896;  // seven eighths of 1024
    ::_exit(small ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  process::RemoveCgroup(container);
}

}  // namespace
}  // namespace atelier::runtime
