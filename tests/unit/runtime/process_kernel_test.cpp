// What a workload reaches of the kernel that no namespace divides, and what it still can do:
// docs/security.md, "The kernel".
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "process_world.h"

namespace atelier::runtime {
namespace {

using Words = std::vector<std::string>;

/// Says what each of its arguments, a system call as "number,argument,...", is answered: 0 or an
/// errno by name.
constexpr const char* kCalls = R"(
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
for call in sys.argv[1:]:
    answer = libc.syscall(*[ctypes.c_long(int(word)) for word in call.split(',')])
    print('0' if answer >= 0 else errno.errorcode[ctypes.get_errno()])
)";

std::string Call(std::int64_t number, const std::vector<std::int64_t>& arguments = {}) {
  std::string text = std::to_string(number);
  for (const std::int64_t argument : arguments) text += "," + std::to_string(argument);
  return text;
}

/// A key of the session that this process is in while it lives; the session is made for it.
class HostKey {
 public:
  HostKey() {
    joined_ = ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0;
    const std::string secret = "of the host";
    id_ = ::syscall(SYS_add_key, "user", "atelier-host-secret", secret.data(), secret.size(),
                    KEY_SPEC_SESSION_KEYRING);
  }
  explicit operator bool() const { return joined_ && id_ > 0; }
  std::string Read() const {
    char text[64] = {};
    const long size = ::syscall(SYS_keyctl, KEYCTL_READ, id_, text, sizeof text);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  bool joined_ = false;
  long id_ = 0;
};

class ProcessKernel : public test::ProcessWorld {
 protected:
  std::string Python(const std::string& program, const Words& arguments = {}) {
    Workload work = Shell("dsw-a", "");
    work.generation = ++generation_;
    work.command = {"/usr/bin/python3", "-c", program};
    work.command.insert(work.command.end(), arguments.begin(), arguments.end());
    EXPECT_TRUE(Ensure(work).has_value());
    Await("dsw-a", Phase::kExited);
    return LogOf("dsw-a");
  }

  struct Case {
    const char* name;
    std::string call;
    const char* answer;
  };
  void Expect(const std::vector<Case>& cases) {
    Words calls;
    std::string expected;
    for (const Case& one : cases) {
      calls.push_back(one.call);
      expected += std::string(one.answer) + " " + one.name + "\n";
    }
    std::istringstream answers(Python(kCalls, calls));
    std::string seen;
    for (const Case& one : cases) {
      std::string answer;
      answers >> answer;
      seen += answer + " " + one.name + "\n";
    }
    EXPECT_EQ(seen, expected);
  }

  /// Runs `program` beside what comes later, once it has said `last`.
  void Hold(const std::string& program, const std::string& last) {
    Workload work = Shell("dsw-hog", "");
    work.command = {"/usr/bin/python3", "-c", program};
    ASSERT_TRUE(Ensure(work).has_value());
    ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-hog").ends_with(last); }))
        << LogOf("dsw-hog");
  }

  model::Generation generation_ = 0;
};

// The arguments are such that the kernel itself would give another answer.
TEST_F(ProcessKernel, ObjectsThatNoNamespaceDividesAreRefused) {
  constexpr std::int64_t kBad = -1;  // a descriptor, a pointer or a command that is none
  Expect({
      {"add_key", Call(SYS_add_key), "ENOSYS"},
      {"request_key", Call(SYS_request_key), "ENOSYS"},
      {"keyctl", Call(SYS_keyctl, {KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING}), "ENOSYS"},
      {"bpf", Call(SYS_bpf, {kBad}), "EPERM"},
      {"io_uring_setup", Call(SYS_io_uring_setup, {1}), "ENOSYS"},
      {"io_uring_enter", Call(SYS_io_uring_enter, {kBad}), "ENOSYS"},
      {"io_uring_register", Call(SYS_io_uring_register, {kBad}), "ENOSYS"},
      {"perf_event_open", Call(SYS_perf_event_open), "EPERM"},
      {"userfaultfd", Call(SYS_userfaultfd, {kBad}), "EPERM"},
      {"fanotify_init", Call(SYS_fanotify_init, {kBad}), "EPERM"},
      {"memfd_secret", Call(SYS_memfd_secret), "ENOSYS"},
      {"io_setup", Call(SYS_io_setup, {1}), "ENOSYS"},
      {"kcmp", Call(SYS_kcmp, {0, 0, kBad}), "EPERM"},
      {"name_to_handle_at", Call(SYS_name_to_handle_at, {kBad}), "ENOTSUP"},
      {"open_by_handle_at", Call(SYS_open_by_handle_at, {kBad}), "EPERM"},
      {"quotactl", Call(SYS_quotactl, {kBad}), "EPERM"},
      {"syslog", Call(SYS_syslog, {kBad}), "EPERM"},
      {"clock_settime", Call(SYS_clock_settime, {kBad}), "EPERM"},
      {"settimeofday", Call(SYS_settimeofday, {1}), "EPERM"},
      {"clock_adjtime", Call(SYS_clock_adjtime, {0, 0}), "EPERM"},
      {"swapon", Call(SYS_swapon), "EPERM"},
      {"mbind", Call(SYS_mbind, {1}), "ENOSYS"},
      {"set_mempolicy", Call(SYS_set_mempolicy, {kBad}), "ENOSYS"},
      {"move_pages", Call(SYS_move_pages, {0, 1}), "ENOSYS"},
      {"migrate_pages", Call(SYS_migrate_pages, {0, 1}), "ENOSYS"},
      {"huge pages by mmap", Call(SYS_mmap, {0, 1, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, -1, 0}),
       "ENOMEM"},
      {"huge pages by memfd_create", Call(SYS_memfd_create, {0, MFD_HUGETLB}), "ENOMEM"},
      {"huge pages by shmget", Call(SYS_shmget, {0, 0, 04000}), "ENOMEM"},
      {"filters of calls", Call(SYS_seccomp, {1}), "EINVAL"},
      {"filters of calls by prctl", Call(SYS_prctl, {PR_SET_SECCOMP, 2, 0}), "EINVAL"},
      {"filters of sockets", Call(SYS_setsockopt, {kBad, SOL_SOCKET, SO_ATTACH_FILTER}), "EPERM"},
      {"programs of sockets", Call(SYS_setsockopt, {kBad, SOL_SOCKET, SO_ATTACH_BPF}), "EPERM"},
      {"filters of ports", Call(SYS_setsockopt, {kBad, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF}),
       "EPERM"},
      {"programs of ports", Call(SYS_setsockopt, {kBad, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF}),
       "EPERM"},
      {"another option of sockets", Call(SYS_setsockopt, {kBad, SOL_SOCKET, SO_REUSEADDR}),
       "EBADF"},
      {"TIOCSTI", Call(SYS_ioctl, {kBad, TIOCSTI}), "EPERM"},
      {"TIOCSTI with high bits", Call(SYS_ioctl, {kBad, TIOCSTI | (std::int64_t{1} << 32)}),
       "EPERM"},
      {"TIOCLINUX", Call(SYS_ioctl, {kBad, 0x541C}), "EPERM"},
      {"TIOCSETD", Call(SYS_ioctl, {kBad, TIOCSETD}), "EPERM"},
      {"FS_IOC_ADD_ENCRYPTION_KEY", Call(SYS_ioctl, {kBad, 0xC0506617}), "EPERM"},
      {"FS_IOC_REMOVE_ENCRYPTION_KEY", Call(SYS_ioctl, {kBad, 0xC0406618}), "EPERM"},
  });
}

TEST_F(ProcessKernel, NamespacesAndMountsAreRefused) {
  constexpr std::int64_t kBad = -1;
  std::vector<Case> cases = {
      {"setns", Call(SYS_setns, {kBad, 0}), "EPERM"},
      {"clone3", Call(SYS_clone3), "ENOSYS"},
      {"mount", Call(SYS_mount), "EPERM"},
      {"umount2", Call(SYS_umount2, {0, kBad}), "EPERM"},
      {"pivot_root", Call(SYS_pivot_root), "EPERM"},
      {"open_tree", Call(SYS_open_tree, {kBad, 0, kBad}), "EPERM"},
      {"fsopen", Call(SYS_fsopen, {0, kBad}), "EPERM"},
      {"mount_setattr", Call(SYS_mount_setattr, {kBad}), "EPERM"},
  };
  // CLONE_FS beside it: a multithreaded or wrong use has another answer.
  for (const std::int64_t flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                  CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    cases.push_back({"unshare", Call(SYS_unshare, {flag | CLONE_FS}), "EPERM"});
    cases.push_back({"clone", Call(SYS_clone, {flag | CLONE_FS | CLONE_SIGHAND}), "EPERM"});
  }
  cases.push_back({"unshare of time", Call(SYS_unshare, {0x80}), "EPERM"});
  cases.push_back({"unshare of descriptors", Call(SYS_unshare, {CLONE_FILES}), "0"});
  Expect(cases);
}

TEST_F(ProcessKernel, OnlySocketsOfTheNetworkAndTheSandboxAreMade) {
  std::vector<Case> cases;
  const auto socket = [](std::int64_t family, std::int64_t type, std::int64_t protocol) {
    return Call(SYS_socket, {family, type, protocol});
  };
  for (int family = 0; family <= 50; ++family) {
    const bool open = family == AF_UNIX || family == AF_INET || family == AF_INET6;
    if (family == AF_NETLINK) continue;
    cases.push_back({open ? "an open family" : "another family", socket(family, SOCK_STREAM, 0),
                     open ? "0" : "EAFNOSUPPORT"});
  }
  cases.push_back({"vsock, high bits", socket(AF_VSOCK | (std::int64_t{1} << 32), SOCK_STREAM, 0),
                   "EAFNOSUPPORT"});
  cases.push_back({"alg, high bits", socket(AF_ALG | (std::int64_t{1} << 32), SOCK_SEQPACKET, 0),
                   "EAFNOSUPPORT"});
  cases.push_back({"a pair of another family", Call(SYS_socketpair, {AF_TIPC, SOCK_STREAM, 0, 0}),
                   "EAFNOSUPPORT"});
  for (int protocol = 1; protocol <= 22; ++protocol) {
    cases.push_back({"another netlink", socket(AF_NETLINK, SOCK_RAW, protocol), "EPROTONOSUPPORT"});
  }
  cases.push_back({"route netlink", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "0"});
  cases.push_back({"udp", socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP), "0"});
  cases.push_back({"tcp", socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP), "0"});
  for (const std::int64_t family : {AF_INET, AF_INET6}) {
    for (const std::int64_t protocol : {33, 115, 132, 136, 256}) {  // DCCP L2TP SCTP UDPLITE SMC
      cases.push_back(
          {"a module's protocol", socket(family, SOCK_DGRAM, protocol), "EPROTONOSUPPORT"});
    }
  }
  Expect(cases);
}

TEST_F(ProcessKernel, OnlyHarmlessPersonalitiesAreTaken) {
  Expect({
      {"to ask", Call(SYS_personality, {0xffffffff}), "0"},
      {"no random addresses", Call(SYS_personality, {ADDR_NO_RANDOMIZE}), "0"},
      {"none", Call(SYS_personality, {0}), "0"},
      {"pages that may all be executed", Call(SYS_personality, {READ_IMPLIES_EXEC}), "EPERM"},
      {"page 0", Call(SYS_personality, {MMAP_PAGE_ZERO | ADDR_NO_RANDOMIZE}), "EPERM"},
      {"BSD", Call(SYS_personality, {PER_BSD}), "EPERM"},
      {"32 bits", Call(SYS_personality, {PER_LINUX32}), "EPERM"},
  });
}

TEST_F(ProcessKernel, CallsThatNobodyHasJudgedAreUnknown) {
  Expect({{"the last numbers", Call(1023), "ENOSYS"}, {"after them", Call(5000), "ENOSYS"}});
  // mseal (462) and later: nothing to be had by way of what a newer kernel has learned.
  std::vector<Case> later;
  for (int number = 463; number < 480; ++number) later.push_back({"later", Call(number), "ENOSYS"});
  Expect(later);
}

#ifdef __x86_64__
TEST_F(ProcessKernel, OtherAbisAreNoWayRound) {
  constexpr std::int64_t kX32 = 0x40000000;
  Expect({{"keyctl of x32", Call(kX32 | SYS_keyctl, {0, -3}), "ENOSYS"},
          {"socket of x32", Call(kX32 | SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}), "ENOSYS"},
          {"getpid of x32", Call(kX32 | SYS_getpid), "ENOSYS"}});
  // mov eax, [32-bit keyctl]; int 0x80; ret. In a child: a kernel without that door kills it.
  const std::string said = Python(R"(
import ctypes, mmap, os
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(b'\xb8' + (288).to_bytes(4, 'little') + b'\xcd\x80\xc3')
entry = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
child = os.fork()
if child == 0:
    os._exit(0 if entry() == -38 else 1)
status = os.waitpid(child, 0)[1]
print('refused' if os.WIFSIGNALED(status) or status == 0 else 'open')
)");
  EXPECT_EQ(said, "refused\n");
}
#endif

/// A server that was started in a session with a key in it. Sessions are the threads', so it is
/// joined before there are others.
class ProcessKeys : public ProcessKernel {
 protected:
  static void SetUpTestSuite() { host_key = std::make_unique<HostKey>(); }
  static void TearDownTestSuite() { host_key.reset(); }
  void SetUp() override {
    if (!*host_key) GTEST_SKIP() << "this kernel keeps no keys for us";
    ProcessKernel::SetUp();
  }

  /// What a search in the session says, then harm is tried.
  static std::string Search() {
    return R"(
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def keyctl(*words):
    answer = libc.syscall()" +
           std::to_string(SYS_keyctl) + R"(, *words)
    return 'found' if answer >= 0 else errno.errorcode[ctypes.get_errno()]
SEARCH, CLEAR, REVOKE, SESSION = 10, 7, 3, -3
print(keyctl(SEARCH, SESSION, b'user', b'atelier-host-secret', 0))
keyctl(CLEAR, SESSION)
keyctl(REVOKE, SESSION)
)";
  }

  static inline std::unique_ptr<HostKey> host_key;
};

TEST_F(ProcessKeys, AreOutOfReach) {
  EXPECT_EQ(Python(Search()), "ENOSYS\n");
  EXPECT_EQ(host_key->Read(), "of the host");
}

/// On a host that lets us filter no calls, whatever this one does.
TEST_F(ProcessKeys, AreThoseOfAnotherSessionEvenWhereNoCallIsFiltered) {
  Close();
  const process::Host host{.folder = dir_.path() + "/instances",
                           .program = ATELIER_SHIM,
                           .cgroups = {},
                           .filter_calls = false};
  Workload work = Shell("dsw-a", "");
  work.command = {"/usr/bin/python3", "-c", Search()};
  const auto spec = process::PlanRun(host, work);
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(process::PrepareRun(host, *spec, "").has_value());
  Open();  // which finds a life without shim, and starts it as it was planned
  Await("dsw-a", Phase::kExited);
  EXPECT_EQ(LogOf("dsw-a"), "ENOKEY\n");
  EXPECT_EQ(host_key->Read(), "of the host");
}

/// From here on every call about keys is answered as for a user who has all that they may have.
bool AllowNoMoreKeys() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDQUOT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog all{std::size(program), program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0;
}

/// A user's keys run out after about 200 lives. None goes on in the server's session then, unless
/// the host never gave it another.
TEST_F(ProcessKernel, ALifeForWhichNoKeyringIsLeftIsNotStartedInTheServers) {
  for (const bool own : {true, false}) {
    Close();
    const process::Host host{.folder = dir_.path() + "/instances",
                             .program = ATELIER_SHIM,
                             .cgroups = {},
                             .own_keyring = own};
    Workload work = Shell("dsw-a", "echo ran");
    work.generation = ++generation_;
    const auto spec = process::PlanRun(host, work);
    ASSERT_TRUE(spec.has_value());
    ASSERT_TRUE(process::PrepareRun(host, *spec, "").has_value());
    const std::string folder = RunOf("dsw-a", work.generation).folder;
    const pid_t child = ::fork();
    if (child == 0) {
      if (AllowNoMoreKeys()) ::execl(ATELIER_SHIM, ATELIER_SHIM, "keep", folder.c_str(), nullptr);
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    Open();
    const WorkloadState end = Await("dsw-a", Phase::kExited);
    EXPECT_EQ(LogOf("dsw-a"), own ? "" : "ran\n");
    EXPECT_EQ(end.reason.starts_with("It could get no session keyring of its own: "), own)
        << end.reason;
  }
}

TEST_F(ProcessKernel, ItDoesNotMoveItselfBehindTheServerWhenMemoryRunsOut) {
  EXPECT_EQ(Python(R"(
try:
    open('/proc/self/oom_score_adj', 'w').write('0')
except OSError:
    pass
print(open('/proc/self/oom_score_adj').read().strip())
)"),
            "500\n");
}

TEST_F(ProcessKernel, FilesAboutTheWholeHostCannotBeRead) {
  EXPECT_EQ(Python(R"(
for name in ['keys', 'key-users', 'timer_list', 'sched_debug', 'latency_stats', 'kcore', 'kmsg']:
    try:
        if open('/proc/' + name, 'rb').read(1): print(name)
    except OSError:
        pass
print('end')
)"),
            "end\n");
}

// kernel.pty.max is 4096 as a rule, of which 3072 are for all sandboxes together.
TEST_F(ProcessKernel, OneCannotTakeTheTerminalsOfAll) {
  Hold(R"(
import os, time
held = []
try:
    while len(held) < 3080:
        held.append(os.openpty())
except OSError:
    pass
print('holds', len(held), flush=True)
time.sleep(1000)
)",
       "holds 64\n");
  EXPECT_EQ(Python("import os; os.openpty(); print(os.ttyname(os.openpty()[1]))"), "/dev/pts/1\n");
}

TEST_F(ProcessKernel, TerminalsThatAreClosedCanBeHadAgain) {
  EXPECT_EQ(Python(R"(
import os, pty
for i in range(200):
    for end in os.openpty(): os.close(end)
child, end = pty.fork()
if child == 0:
    os.execvp('stty', ['stty', 'size'])
print('size', os.read(end, 100).decode().strip())
)"),
            "size 0 0\n");
}

// What the kernel counts for each of its users: workloads of a server that is root are one each.
TEST_F(ProcessKernel, OneCannotTakeWhatIsCountedForAUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "they share the server's user (docs/security.md)";
  const std::string take = R"(
import ctypes, fcntl, os, time
libc = ctypes.CDLL(None, use_errno=True)
held = []
def many(make, most):
    count = 0
    try:
        while count < most and make(): count += 1
    except OSError:
        pass
    return count
def pages():
    held.append(os.pipe())
    return fcntl.fcntl(held[-1][0], 1031, 1 << 20) > 0  # F_SETPIPE_SZ
def timer():
    return libc.timer_create(1, None, ctypes.byref(ctypes.c_long())) == 0
)";
  Hold(take + R"(
many(lambda: libc.inotify_init() >= 0, 20000)
many(pages, 5000)
many(timer, 1 << 20)
print('refused', libc.inotify_init() < 0, many(pages, 1) == 0, not timer(), flush=True)
time.sleep(1000)
)",
       "refused True True True\n");
  EXPECT_EQ(Python(take + "print(libc.inotify_init() >= 0, many(pages, 1) == 1, timer())"),
            "True True True\n");
}

// What notebooks do all day, and what tools for their own processes need.
TEST_F(ProcessKernel, ProgramsWorkAsEver) {
  EXPECT_EQ(Python(R"(
import ctypes, multiprocessing, os, queue, select, signal, socket, subprocess, tempfile, threading

def double(x):
    return 2 * x

context = multiprocessing.get_context('fork')
with context.Pool(2) as pool:
    print('pool', pool.map(double, [1, 2, 3]))
lock = context.Lock()  # POSIX semaphores in /dev/shm
with lock: print('lock')
from multiprocessing import shared_memory
memory = shared_memory.SharedMemory(create=True, size=4096)
memory.close(); memory.unlink()
print('shared memory')

results = queue.Queue()
threads = [threading.Thread(target=results.put, args=(i,)) for i in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print('threads', results.qsize())

print('names', 'lo' in [name for index, name in socket.if_nameindex()])
server = socket.create_server(('::1', 0), family=socket.AF_INET6)
socket.create_connection(server.getsockname()[:2]).close()
print('inet6')
left, right = socket.socketpair()
left.send(b'x'); print('unix', right.recv(1))
print('epoll', select.epoll().fileno() > 0)
print('memfd', os.memfd_create('x') > 0)
print('subprocess', subprocess.run(['/bin/sh', '-c', 'echo $((6 * 7))'],
                                   capture_output=True, text=True).stdout.strip())

libc = ctypes.CDLL(None, use_errno=True)
addresses = ctypes.c_void_p()
print('getifaddrs', libc.getifaddrs(ctypes.byref(addresses)) == 0 and bool(addresses))

# What a debugger does with a program it started: attach, read, write, go on.
PTRACE_TRACEME, PTRACE_POKEDATA, PTRACE_CONT = 0, 5, 7
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
value = ctypes.c_long(1)
child = os.fork()
if child == 0:
    libc.ptrace(PTRACE_TRACEME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(value.value)
os.waitpid(child, 0)
poked = libc.ptrace(PTRACE_POKEDATA, child, ctypes.addressof(value), 42)
with open(f'/proc/{child}/mem', 'rb') as mem:
    mem.seek(ctypes.addressof(value))
    print('ptrace', poked, int.from_bytes(mem.read(8), 'little'))
libc.ptrace(PTRACE_CONT, child, None, None)
print('exited', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
)"),
            "pool [2, 4, 6]\nlock\nshared memory\nthreads 4\nnames True\ninet6\nunix b'x'\n"
            "epoll True\nmemfd True\nsubprocess 42\ngetifaddrs True\nptrace 0 42\nexited 42\n");
}

}  // namespace
}  // namespace atelier::runtime
