#include "runtime/process/call_filter.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <linux/fscrypt.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <memory>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <type_traits>
#include <unistd.h>

#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

struct Refused {
  const char* name;  // one that this architecture does not have is unknown there anyway
  int error;
};

// EPERM where a program expects that it may be forbidden; ENOSYS where it asks whether the kernel
// has the call, and does without.
constexpr auto kRefused = std::to_array<Refused>({
    // Keys: sessions and users of the host have theirs in the same kernel.
    {"add_key", ENOSYS},
    {"keyctl", ENOSYS},
    {"request_key", ENOSYS},
    // Programs in the kernel, and its way round the checks of system calls.
    {"bpf", EPERM},
    {"io_uring_enter", ENOSYS},
    {"io_uring_register", ENOSYS},
    {"io_uring_setup", ENOSYS},
    {"perf_event_open", EPERM},
    {"userfaultfd", EPERM},
    // Objects that are counted for the whole host, or for nobody.
    {"fanotify_init", EPERM},
    {"fanotify_mark", EPERM},
    {"io_setup", ENOSYS},  // fs.aio-max-nr: one process could take what databases of the host need
    {"kcmp", EPERM},
    {"memfd_secret", ENOSYS},
    // Where memory lies on the host. ENOSYS is how libnuma learns that there is nothing to choose.
    {"get_mempolicy", ENOSYS},
    {"mbind", ENOSYS},
    {"migrate_pages", ENOSYS},
    {"move_pages", ENOSYS},
    {"set_mempolicy", ENOSYS},
    {"set_mempolicy_home_node", ENOSYS},
    // Namespaces and mounts. clone3 has its flags in memory, where a filter cannot look: C
    // libraries then take clone.
    {"chroot", EPERM},
    {"clone3", ENOSYS},
    {"fsconfig", EPERM},
    {"fsmount", EPERM},
    {"fsopen", EPERM},
    {"fspick", EPERM},
    {"mount", EPERM},
    {"mount_setattr", EPERM},
    {"move_mount", EPERM},
    {"open_tree", EPERM},
    {"pivot_root", EPERM},
    {"setns", EPERM},
    {"umount", EPERM},
    {"umount2", EPERM},
    // Files by handle, past every folder above them.
    {"name_to_handle_at", EOPNOTSUPP},
    {"open_by_handle_at", EPERM},
    // The host itself.
    {"acct", EPERM},
    {"clock_adjtime", EPERM},
    {"clock_settime", EPERM},
    {"create_module", EPERM},
    {"delete_module", EPERM},
    {"finit_module", EPERM},
    {"get_kernel_syms", ENOSYS},
    {"init_module", EPERM},
    {"ioperm", EPERM},
    {"iopl", EPERM},
    {"kexec_file_load", EPERM},
    {"kexec_load", EPERM},
    {"lookup_dcookie", EPERM},
    {"nfsservctl", ENOSYS},
    {"query_module", ENOSYS},
    {"quotactl", EPERM},
    {"quotactl_fd", EPERM},
    {"reboot", EPERM},
    {"setdomainname", EPERM},
    {"sethostname", EPERM},
    {"settimeofday", EPERM},
    {"stime", EPERM},
    {"swapoff", EPERM},
    {"swapon", EPERM},
    {"syslog", EPERM},
    {"vhangup", EPERM},
    // Of the past, with nothing left but their faults.
    {"_sysctl", ENOSYS},
    {"modify_ldt", ENOSYS},
    {"sysfs", ENOSYS},
    {"uselib", ENOSYS},
    {"ustat", ENOSYS},
    {"vm86", ENOSYS},
    {"vm86old", ENOSYS},
});

// A terminal's: to type for others, to paste for others (<linux/tiocl.h>), and to change what it
// speaks, which loads modules. A file system's: keys, which it has of whoever runs the server too.
constexpr auto kRefusedRequests = std::to_array<std::uint64_t>(
    {TIOCSTI, 0x541C, TIOCSETD, FS_IOC_ADD_ENCRYPTION_KEY, FS_IOC_REMOVE_ENCRYPTION_KEY});

// Each would have the host load a module that hardly anybody looks after: DCCP, L2TP, SCTP,
// UDP-Lite, SMC.
constexpr auto kRefusedProtocols = std::to_array<std::uint64_t>({33, 115, 132, 136, 256});

constexpr int kNumbersChecked = 600;         // of kernel 6.18 the last is 470
constexpr std::uint64_t kLow = 0xffffffffU;  // what the kernel reads of an int

constexpr scmp_arg_cmp Equals(unsigned index, std::uint64_t value) {
  return {index, SCMP_CMP_MASKED_EQ, kLow, value};
}
constexpr scmp_arg_cmp Has(unsigned index, std::uint64_t bit) {
  return {index, SCMP_CMP_MASKED_EQ, bit, bit};
}

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW)) {
    Note(context_ ? 0 : -ENOMEM);
    Set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));  // other ABIs
    // Each call of the workload is looked up, the common ones thousands of times a second.
    constexpr std::uint32_t kBinaryTree = 2;
    Set(SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree);
  }

  /// Where all `conditions` hold.
  void Refuse(int call, int error, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    if (failed_ != 0) return;
    Note(::seccomp_rule_add_exact_array(
        context_.get(), SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call,
        static_cast<unsigned>(conditions.size()), conditions.begin()));
  }

  Result<UniqueFd> Export() {
    UniqueFd file(::memfd_create("calls", 0));
    Note(file ? 0 : -errno);
    if (failed_ == 0) Note(::seccomp_export_bpf(context_.get(), file.get()));
    if (failed_ == 0) Note(::lseek(file.get(), 0, SEEK_SET) == 0 ? 0 : -errno);
    if (failed_ != 0)
      return SystemError(Code::kUnavailable, "make the filter of system calls", failed_);
    return file;
  }

 private:
  void Set(scmp_filter_attr attribute, std::uint32_t value) {
    if (failed_ == 0) Note(::seccomp_attr_set(context_.get(), attribute, value));
  }
  void Note(int answer) {
    if (failed_ == 0 && answer < 0) failed_ = -answer;
  }
  struct Release {
    void operator()(scmp_filter_ctx context) const { ::seccomp_release(context); }
  };
  std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, Release> context_;
  int failed_ = 0;  // errno of the first failure
};

void RefuseNames(Filter& filter) {
  for (const Refused& call : kRefused) {
    const int number = ::seccomp_syscall_resolve_name(call.name);
    if (number >= 0) filter.Refuse(number, call.error);
  }
  // What the library has no name for is newer than it: nobody has judged it.
  const std::uint32_t own = ::seccomp_arch_native();
  for (int number = 0; number < kNumbersChecked; ++number) {
    const std::unique_ptr<char, decltype(&::free)> name(
        ::seccomp_syscall_resolve_num_arch(own, number), &::free);
    if (!name) filter.Refuse(number, ENOSYS);
  }
}

void RefuseNamespaces(Filter& filter) {
  constexpr auto kFlags =
      std::to_array<std::uint64_t>({CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                    CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET});
  for (const std::uint64_t flag : kFlags) {
    filter.Refuse(SCMP_SYS(clone), EPERM, {Has(0, flag)});
    filter.Refuse(SCMP_SYS(unshare), EPERM, {Has(0, flag)});
  }
  filter.Refuse(SCMP_SYS(unshare), EPERM, {Has(0, CLONE_NEWTIME)});  // in clone a signal's number
}

/// Left: UNIX, INET, INET6, and of NETLINK what getifaddrs() and getaddrinfo() ask, which is ROUTE.
void RefuseSockets(Filter& filter) {
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
    for (int family = 0; family < AF_NETLINK; ++family) {
      if (family == AF_UNIX || family == AF_INET || family == AF_INET6) continue;
      filter.Refuse(call, EAFNOSUPPORT, {Equals(0, static_cast<std::uint64_t>(family))});
    }
    // Bits above the kernel's int make it larger still.
    filter.Refuse(call, EAFNOSUPPORT, {{0, SCMP_CMP_GT, AF_NETLINK, 0}});
  }
  filter.Refuse(SCMP_SYS(socket), EPROTONOSUPPORT,
                {Equals(0, AF_NETLINK), {2, SCMP_CMP_NE, NETLINK_ROUTE, 0}});
  for (const std::uint64_t family : {std::uint64_t{AF_INET}, std::uint64_t{AF_INET6}}) {
    for (const std::uint64_t protocol : kRefusedProtocols) {
      filter.Refuse(SCMP_SYS(socket), EPROTONOSUPPORT, {Equals(0, family), Equals(2, protocol)});
    }
  }
}

/// Left: none, no randomized addresses (debuggers, sanitizers), and to ask (all bits).
void RefusePersonalities(Filter& filter) {
  constexpr std::uint64_t kTop = 0x80000000U;
  for (std::uint64_t bit = 1; bit < kTop; bit <<= 1U) {
    if (bit != ADDR_NO_RANDOMIZE)
      filter.Refuse(SCMP_SYS(personality), EPERM, {{0, SCMP_CMP_MASKED_EQ, kTop | bit, bit}});
    filter.Refuse(SCMP_SYS(personality), EPERM, {{0, SCMP_CMP_MASKED_EQ, kTop | bit, kTop}});
  }
}

/// The kernel compiles them into memory that is counted for the host (net.core.bpf_jit_limit):
/// where one workload has taken all of it, no sandbox gets the filter that it cannot start without.
void RefuseFilters(Filter& filter) {
  for (const std::uint64_t option :
       {std::uint64_t{SO_ATTACH_FILTER}, std::uint64_t{SO_ATTACH_BPF},
        std::uint64_t{SO_ATTACH_REUSEPORT_CBPF}, std::uint64_t{SO_ATTACH_REUSEPORT_EBPF}}) {
    filter.Refuse(SCMP_SYS(setsockopt), EPERM, {Equals(1, SOL_SOCKET), Equals(2, option)});
  }
  // As a kernel without them answers.
  filter.Refuse(SCMP_SYS(seccomp), EINVAL, {Equals(0, SECCOMP_SET_MODE_FILTER)});
  filter.Refuse(SCMP_SYS(prctl), EINVAL,
                {Equals(0, PR_SET_SECCOMP), Equals(1, SECCOMP_MODE_FILTER)});
}

/// The host's pool of them is for whom the operator made it.
void RefuseHugePages(Filter& filter) {
  filter.Refuse(SCMP_SYS(mmap), ENOMEM, {Has(3, MAP_HUGETLB)});
  filter.Refuse(SCMP_SYS(memfd_create), ENOMEM, {Has(1, MFD_HUGETLB)});
  filter.Refuse(SCMP_SYS(shmget), ENOMEM, {Has(2, SHM_HUGETLB)});
}

}  // namespace

Result<UniqueFd> MakeCallFilter() {
  Filter filter;
  RefuseNames(filter);
  RefuseNamespaces(filter);
  RefuseSockets(filter);
  RefusePersonalities(filter);
  RefuseFilters(filter);
  RefuseHugePages(filter);
  for (const std::uint64_t request : kRefusedRequests)
    filter.Refuse(SCMP_SYS(ioctl), EPERM, {Equals(1, request)});
  return filter.Export();
}

}  // namespace atelier::runtime::process
