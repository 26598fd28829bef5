#include "runtime/process/run.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <spawn.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/boot.h"
#include "base/failpoint.h"
#include "base/fnv.h"
#include "base/shell_text.h"
#include "runtime/process/files.h"
#include "runtime/process/sandbox.h"
#include "runtime/process/sweep.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;
namespace {

// Workloads of a server that runs as root get a user of the kernel's each, from a range that no
// distribution hands out (systemd's page "Users, Groups, UIDs and GIDs").
constexpr std::uint32_t kFirstUid = 1'900'000'000;
constexpr std::uint32_t kUidCount = 100'000'000;
constexpr std::array<const char*, 5> kNeverCovered = {"/proc", "/dev", "/run/atelier",
                                                      kProgramInside, kFilesInside};
// Of login shells, such as those of JupyterLab's terminals. The host's own would set a PATH without
// the image, and run what the host's packages brought along.
constexpr const char* kProfile = R"(if [ "${PS1-}" ]; then
  if [ "${BASH-}" ] && [ "$BASH" != /bin/sh ]; then
    [ ! -f /etc/bash.bashrc ] || . /etc/bash.bashrc
    [ ! -f /usr/share/bash-completion/bash_completion ] ||
      . /usr/share/bash-completion/bash_completion
  else
    PS1='$ '
  fi
fi
)";
constexpr std::chrono::milliseconds kPause{5};
constexpr int kRefTries = 200;

/// A workload keeps its user as long as it keeps its home.
std::uint32_t UserFor(const Host& host, const model::InstanceId& id) {
  if (::geteuid() != 0) return ::geteuid();
  struct stat info{};
  if (::stat(HomeFolder(host.folder, id).c_str(), &info) == 0 && info.st_uid != 0)
    return info.st_uid;
  return kFirstUid + static_cast<std::uint32_t>(Fnv1a(id.str()) % kUidCount);
}

bool IsInside(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// A Python installation outside /usr, by the folders that belong to it: its prefix may be a home
/// folder.
Result<std::vector<std::string>> PythonPaths(const fs::path& base) {
  std::error_code error;
  bool has_library = false;
  for (const auto& entry : fs::directory_iterator(base / "lib", error)) {
    has_library = has_library || entry.path().filename().string().starts_with("python3");
  }
  if (!has_library) {
    return Error(
        Code::kFailedPrecondition,
        "The image's Python is not part of an installation that can be shown to a sandbox.");
  }
  std::vector<std::string> paths;
  for (const char* part : {"bin", "lib", "lib64", "libexec", "share", "include"}) {
    if (fs::is_directory(base / part, error)) paths.push_back((base / part).string());
  }
  return paths;
}

std::optional<fs::path> BaseNamedByVenv(const fs::path& prefix) {
  const auto text = ReadFile((prefix / "pyvenv.cfg").string());
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::string key, equals, value;
    std::istringstream(line) >> key >> equals >> value;
    if (key == "home" && equals == "=") return fs::path(value).parent_path();
  }
  return std::nullopt;
}

Status WriteFor(std::uint32_t uid, const std::string& path, std::string_view data) {
  ATELIER_RETURN_IF_ERROR(ReplaceFile(path, data));
  if (::geteuid() == 0 && ::chown(path.c_str(), uid, uid) != 0) {
    return SystemError(Code::kUnavailable, "give a file to the workload", errno);
  }
  return Ok();
}

Status WriteEtc(const RunPaths& run, const Spec& spec, const std::string& on_start) {
  const std::string etc = run.Etc() + "/";
  const std::uint32_t uid = spec.host_uid;
  ATELIER_RETURN_IF_ERROR(MakeFolder(run.Etc()));
  ATELIER_RETURN_IF_ERROR(WriteFor(uid, etc + "passwd",
                                   "root:x:0:0:root:/:/usr/sbin/nologin\n"
                                   "atelier:x:1000:1000:Atelier:/home/atelier:/bin/bash\n"
                                   "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"));
  ATELIER_RETURN_IF_ERROR(
      WriteFor(uid, etc + "group", "root:x:0:\natelier:x:1000:\nnogroup:x:65534:\n"));
  ATELIER_RETURN_IF_ERROR(
      WriteFor(uid, etc + "hosts", "127.0.0.1 localhost " + spec.id.str() + "\n::1 localhost\n"));
  const auto host = ReadFile("/etc/resolv.conf");
  const auto resolved = ReadFile("/run/systemd/resolve/resolv.conf");
  ATELIER_RETURN_IF_ERROR(
      WriteFor(uid, etc + "resolv.conf",
               ResolverFor(host ? *host : "", resolved ? *resolved : "", spec.isolate_network)));
  ATELIER_RETURN_IF_ERROR(WriteFor(uid, etc + "profile", kProfile));
  if (!spec.set_up.empty()) ATELIER_RETURN_IF_ERROR(WriteFor(uid, etc + "set_up", spec.set_up));
  if (!spec.has_on_start) return Ok();
  return WriteFor(uid, etc + "on_start", ShellText(on_start));
}

Status WriteFiles(const RunPaths& run, const Spec& spec) {
  for (const auto& [name, data] : spec.files) {
    const fs::path path = fs::path(run.Files()) / name;
    fs::path folder = run.Files();
    ATELIER_RETURN_IF_ERROR(PutFolder(spec.host_uid, folder.string()));
    for (const fs::path& part : fs::path(name).parent_path()) {
      folder /= part;
      ATELIER_RETURN_IF_ERROR(PutFolder(spec.host_uid, folder.string()));
    }
    ATELIER_RETURN_IF_ERROR(WriteFor(spec.host_uid, path.string(), data));
  }
  return Ok();
}

/// No argument of a program can hold one; behind it, bubblewrap would read another argument.
bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// Whether a workload may have something mounted there: not over what makes it a sandbox of ours.
bool MayCover(const fs::path& inside) {
  if (!inside.is_absolute() || inside == "/" || HasNul(inside.native())) return false;
  return std::none_of(kNeverCovered.begin(), kNeverCovered.end(), [&](const char* own) {
    return IsInside(inside, own) || IsInside(own, inside);
  });
}

/// Whether `path`, by its letters in one of the folders that the operator opened, is not there. A
/// link that leads out of it says nothing: what is outside must not be found out by trying.
bool IsMissing(const Host& host, const fs::path& path) {
  return std::any_of(
      host.shared_folders.begin(), host.shared_folders.end(), [&](const std::string& shared) {
        const fs::path root = fs::path(shared).lexically_normal();
        if (!IsInside(path, root)) return false;
        const UniqueFd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!folder) return errno == ENOENT;
        const fs::path relative = path.lexically_relative(root);
        return !OpenAt2(folder.get(), relative.c_str(), O_PATH, RESOLVE_BENEATH) &&
               (errno == ENOENT || errno == ENOTDIR);
      });
}

/// Symbolic links are followed before the check: nobody is led out of what the operator opened.
Result<SharedPath> ResolveShared(const Host& host, const Mount& mount) {
  const auto refused = [&](std::string_view why) {
    return Error(Code::kFailedPrecondition, "The folder " + mount.from + " " + std::string(why));
  };
  if (host.shared_folders.empty())
    return refused("cannot be shown: this server opens no folders to workloads.");
  const fs::path inside = fs::path(mount.inside).lexically_normal();
  if (!MayCover(inside)) return refused("cannot be mounted at " + mount.inside + ".");
  std::error_code error;
  const fs::path asked = fs::path(host.shared_folders.front()) / mount.from;
  const fs::path path = fs::canonical(asked, error);
  for (const std::string& folder : host.shared_folders) {
    std::error_code absent;
    const fs::path root = fs::canonical(folder, absent);
    if (!error && !absent && IsInside(path, root))
      return SharedPath{.from = path.string(), .inside = inside.string(), .root = root.string()};
  }
  if (IsMissing(host, asked.lexically_normal()))
    return refused("does not exist in the folders that this server opens (--shared-folders).");
  return refused("is not one of those that the server opens to workloads (--shared-folders).");
}

/// A life can be ended, and its end written down, on a disk that has become full.
Status ReserveWhatEndsIt(const RunPaths& run) {
  for (const std::string& path : {run.StopMark(), run.ForceMark(), run.Result()}) {
    ATELIER_RETURN_IF_ERROR(ReserveFile(path));
  }
  return ReplaceFile(run.Phase(), kPhaseAllocating);
}

/// Whether a mark is there now.
bool Mark(const std::string& path) { return Exists(path) || ReplaceFile(path, ""); }

UniqueFd LockIfFree(const RunPaths& run) {
  UniqueFd folder(::open(run.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) folder.Reset();
  return folder;
}

/// The living shim that holds the lock. It takes the lock a moment before it writes its name.
std::optional<ProcessRef> LivingShim(const RunPaths& run) {
  for (int i = 0; i < kRefTries; ++i) {
    const auto shim = ReadRecord<ProcessRef>(run.ShimRecord());
    if (shim && IsAlive(*shim)) return *shim;
    if (LockIfFree(run)) return std::nullopt;
    std::this_thread::sleep_for(kPause);
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> ImagePaths(const std::string& prefix,
                                            const std::string& data_folder) {
  if (prefix.empty()) return std::vector<std::string>{};
  std::error_code error;
  fs::path image = fs::path(prefix).lexically_normal();
  if (!image.has_filename()) image = image.parent_path();  // it was written with a slash at its end
  if (!image.is_absolute() || !fs::is_directory(image, error)) {
    return Error(Code::kFailedPrecondition, "The image's folder does not exist on this host.");
  }
  const fs::path data = fs::weakly_canonical(data_folder, error);
  const fs::path real = fs::canonical(image, error);
  if (error)
    return SystemError(Code::kFailedPrecondition, "read the image's folder", error.value());
  if (IsInside(data, real)) {
    return Error(Code::kFailedPrecondition,
                 "The image's folder contains the data of other instances.");
  }
  std::vector<std::string> paths;
  if (!IsInside(image, "/usr")) paths.push_back(image.string());
  // Reached by a link: its programs name their interpreter by the path that they were installed at.
  if (real != image && !IsInside(real, "/usr")) paths.push_back(real.string());
  std::vector<fs::path> bases;
  if (const auto named = BaseNamedByVenv(image)) bases.push_back(*named);
  const fs::path python = fs::canonical(image / "bin" / "python3", error);
  if (!error) bases.push_back(python.parent_path().parent_path());
  for (const fs::path& base : bases) {
    const bool shown = IsInside(base, "/usr") || IsInside(base, image) || IsInside(base, real);
    if (shown || base == "/") continue;
    ATELIER_TRY(auto more, PythonPaths(base));
    for (std::string& path : more) {
      if (std::find(paths.begin(), paths.end(), path) == paths.end())
        paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::string ResolverFor(std::string_view host, std::string_view fallback, bool isolated) {
  if (!isolated) return std::string(host);
  const auto reachable = [](std::string_view text, bool& any) {
    std::string kept;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
      std::string key, address;
      std::istringstream(line) >> key >> address;
      const bool server = key == "nameserver";
      if (server && (address.starts_with("127.") || address == "::1")) continue;
      any = any || server;
      kept += line + "\n";
    }
    return kept;
  };
  bool any = false;
  std::string kept = reachable(host, any);
  return any ? kept : reachable(fallback, any);
}

Status CheckShared(const Host& host, const std::vector<Mount>& mounts) {
  for (const Mount& mount : mounts) ATELIER_RETURN_IF_ERROR(ResolveShared(host, mount));
  return Ok();
}

Result<Spec> PlanRun(const Host& host, const Workload& want) {
  const auto refused = [](const char* why) { return Error(Code::kFailedPrecondition, why); };
  if (want.command.empty() || !want.command[0].starts_with('/')) {
    return refused("The command of an instance must be an absolute path.");
  }
  if (want.socket_name.find('/') != std::string::npos) {
    return refused("The socket of an instance must be a plain file name.");
  }
  for (const auto& [name, value] : want.environment) {
    if (name.empty() || name.find('=') != std::string::npos || HasNul(name) || HasNul(value)) {
      return refused("An environment variable has a name or value that no program can be given.");
    }
  }
  for (const auto& [name, data] : want.files) {
    const fs::path path = name;
    if (path.empty() || path.is_absolute() || path.lexically_normal() != path ||
        *path.begin() == "..") {
      return refused("A file of an instance must have a plain path.");
    }
  }
  if (want.port != 0 && !host.isolate_network) {
    return refused(
        "This host gives workloads no network of their own, so two of them could meet on one "
        "port.");
  }
  if (!want.fresh && !Exists(HomeFolder(host.folder, want.id))) return HomeMissing();
  Spec spec;
  for (const Mount& mount : want.mounts) {
    ATELIER_TRY(auto shared, ResolveShared(host, mount));
    spec.shared.push_back(std::move(shared));
  }
  ATELIER_TRY(spec.image_paths, ImagePaths(want.image_prefix, host.folder));
  for (const std::string& file : host.shown_files) {
    if (!IsShownToAll(file) && Exists(file)) spec.image_paths.push_back(file);
  }
  spec.id = want.id;
  spec.generation = want.generation;
  spec.capacity = want.capacity;
  spec.home = HomeFolder(host.folder, want.id);
  spec.image_prefix = want.image_prefix;
  spec.command = want.command;
  spec.environment = want.environment;
  spec.environment.insert(host.environment.begin(), host.environment.end());
  spec.set_up = want.set_up;
  spec.has_on_start = want.on_start.has_value();
  spec.socket_name = want.socket_name;
  spec.port = want.port;
  if (host.isolate_network) spec.server_port = want.server_port;
  spec.program = host.program;
  spec.ready_path = want.ready_path;
  spec.activity_path = want.activity_path;
  spec.authorization = want.authorization;
  spec.files = want.files;
  spec.stop_grace_ms = std::max<std::int64_t>(0, want.stop_grace.count());
  spec.isolate_network = host.isolate_network;
  spec.filter_calls = host.filter_calls;
  spec.forbid_metadata = host.forbid_metadata;
  spec.limit_terminals = host.limit_terminals;
  spec.own_keyring = host.own_keyring;
  spec.stamp_lines = want.stamp_lines;
  spec.host_uid = UserFor(host, want.id);
  // The hash tells apart two servers with folders of their own on one host.
  spec.cgroup =
      CgroupNamed(host.cgroups, want.id.str() + "." + std::to_string(want.generation) + "." +
                                    std::to_string(Fnv1a(host.folder) % 1'000'000'007));
  return spec;
}

Status PrepareRun(const Host& host, const Spec& spec, const std::string& on_start) {
  const std::string workload = WorkloadFolder(host.folder, spec.id);
  const RunPaths run = RunFolder(host.folder, spec.id, spec.generation);
  ATELIER_RETURN_IF_ERROR(MakeFolder(workload));
  ATELIER_RETURN_IF_ERROR(PutFolder(spec.host_uid, spec.home));
  if (Exists(run.folder)) return Ok();
  const RunPaths fresh{workload + "/new"};
  ATELIER_RETURN_IF_ERROR(RemoveTree(fresh.folder));  // of an attempt that was cut short
  ATELIER_RETURN_IF_ERROR(MakeFolder(fresh.folder));
  ATELIER_RETURN_IF_ERROR(PutFolder(spec.host_uid, fresh.Box()));
  ATELIER_RETURN_IF_ERROR(MakeFolder(fresh.Door()));
  ATELIER_RETURN_IF_ERROR(WriteEtc(fresh, spec, on_start));
  ATELIER_RETURN_IF_ERROR(WriteFiles(fresh, spec));
  ATELIER_RETURN_IF_ERROR(WriteRecord(fresh.Spec(), spec));
  ATELIER_RETURN_IF_ERROR(ReserveWhatEndsIt(fresh));
  ATELIER_FAILPOINT("runtime.run_made");
  if (::rename(fresh.folder.c_str(), run.folder.c_str()) != 0) {
    return SystemError(Code::kUnavailable, "put a run folder in place", errno);
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(workload, error)) {
    const auto generation = GenerationOf(entry.path().filename().string());
    // What stays behind is deleted with the next life or the workload.
    if (generation && *generation < spec.generation)
      (void)MoveToTrash(entry.path().string(), run.Trash());
  }
  return Ok();
}

Status StartKeeper(const Host& host, const RunPaths& run) {
  std::string word = "keep";
  std::string program = host.program;
  std::string folder = run.folder;
  char* const argv[] = {program.data(), word.data(), folder.data(), nullptr};
  // A fixed environment: the server's may hold secrets, and nothing in the shim depends on it.
  std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::string language = "LANG=C.UTF-8";
  char* const envp[] = {path.data(), language.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv, envp);
  if (error != 0) return SystemError(Code::kUnavailable, "start the shim", error);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error(Code::kUnavailable, "The shim of the sandbox did not start.");
  }
  return Ok();
}

Inspection Inspect(const RunPaths& run, const model::InstanceId& id, model::Generation generation) {
  Inspection found;
  // Over is over: looked at first, since a life that ended has no other records.
  for (int look = 0; look < 2; ++look) {
    if (auto outcome = ReadRecord<Outcome>(run.Result())) {
      found.status = RunStatus::kEnded;
      found.outcome = std::move(*outcome);
      if (!found.outcome.reason.empty()) {
        found.log_tail = TailOfLog(run.Log(), run.OldLog(), kLogTail).value_or("");
      }
      return found;
    }
    auto spec = ReadRecord<Spec>(run.Spec());
    if (spec && spec->id == id && spec->generation == generation) {
      found.spec = std::move(*spec);
      break;
    }
    // The life may have ended between the two looks.
    if (look == 1 || !Exists(run.Result())) {
      found.status = LockIfFree(run) ? RunStatus::kUnreadable : RunStatus::kUnknown;
      return found;
    }
  }
  found.stopping = Exists(run.StopMark());
  found.ready = Exists(run.ReadyMark());
  if (auto sandbox = ReadRecord<SandboxRecord>(run.Sandbox())) found.sandbox = std::move(*sandbox);
  if (auto shim = LivingShim(run)) {
    found.status = RunStatus::kKept;
    found.shim = *shim;
  } else if (Exists(run.Result())) {
    return Inspect(run, id, generation);  // it ended under our eyes: this time for good
  } else if (!LockIfFree(run)) {
    found.status = RunStatus::kUnknown;
  } else if (auto dead = ReadRecord<ProcessRef>(run.ShimRecord())) {
    found.status = RunStatus::kLost;
    found.shim = *dead;
  } else {
    found.status = Exists(run.ShimRecord()) ? RunStatus::kLost : RunStatus::kNotStarted;
  }
  return found;
}

Result<bool> OpenDoor(const RunPaths& run, const std::string& socket_name) {
  const std::string inside = run.Box() + "/" + socket_name;
  const std::string outside = run.Door() + "/" + socket_name;
  const std::string fresh = outside + ".new";
  const auto look = [](const std::string& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode) ? info.st_ino : 0;
  };
  const ino_t offered = look(inside);
  if (offered == 0) return false;
  if (look(outside) == offered) return true;
  ::unlink(fresh.c_str());
  if (::link(inside.c_str(), fresh.c_str()) != 0) {
    return SystemError(Code::kUnavailable, "link the workload's socket", errno);
  }
  // Looked at again: what was linked is now out of the workload's hands.
  if (look(fresh) == 0 || ::rename(fresh.c_str(), outside.c_str()) != 0) {
    ::unlink(fresh.c_str());
    return false;
  }
  return true;
}

Status RequestStop(const RunPaths& run, const ProcessRef& shim, StopMode mode) {
  // Not there in the folder of an older server, or on a disk that takes nothing more: the word that
  // comes with the signal says the same.
  (void)Mark(run.StopMark());
  if (mode == StopMode::kNow) (void)Mark(run.ForceMark());
  ATELIER_FAILPOINT("runtime.before_stop_signal");
  const int word = mode == StopMode::kNow ? kStopNowWord : kStopWord;
  // Gone already: then it is over, which is what was asked for.
  if (SendSignal(shim, SIGTERM, word) || ::kill(shim.pid, 0) != 0) return Ok();
  if (!IsAlive(shim)) return Ok();
  return Error(Code::kUnavailable, "The shim of the sandbox could not be told.");
}

std::optional<StopMode> StopAsked(const RunPaths& run) {
  if (!Exists(run.StopMark())) return std::nullopt;
  return Exists(run.ForceMark()) ? StopMode::kNow : StopMode::kGrace;
}

void FinishRun(const RunPaths& run, const Outcome& outcome) {
  if (!WriteRecord(run.Result(), outcome)) {
    ::unlink(run.OldLog().c_str());
    if (!WriteRecord(run.Result(), outcome)) {
      ::unlink(run.Log().c_str());
      (void)WriteRecord(run.Result(), outcome);  // without it the driver reports the life as lost
    }
  }
  // What stays behind is deleted with the folder.
  for (const std::string& path :
       {run.Spec(), run.Etc(), run.Files(), run.Door(), run.Sandbox(), run.Phase(), run.ReadyMark(),
        run.ShimRecord(), run.ServerDoor()}) {
    (void)RemoveTree(path);
  }
  (void)MoveToTrash(run.Box(), run.Trash());  // the workload's: not ours to walk through
}

Inspection FinishLost(const RunPaths& run, Inspection found) {
  const UniqueFd lock = LockIfFree(run);
  if (!lock) {
    found.status = RunStatus::kUnknown;  // somebody keeps it after all
    return found;
  }
  if (found.sandbox.init.pid != 0) KillAndWait(found.sandbox.init);
  if (found.sandbox.uplink) KillAndWait(*found.sandbox.uplink);
  KillCgroup(found.spec.cgroup);
  RemoveCgroup(found.spec.cgroup);
  if (!found.stopping) {
    // Either record may have been lost with the power.
    const std::string& boot =
        found.shim.boot_id.empty() ? found.sandbox.init.boot_id : found.shim.boot_id;
    found.outcome.lost_with_host = !boot.empty() && boot != BootId();
    found.outcome.reason = found.outcome.lost_with_host
                               ? "It was lost: the host was restarted."
                               : "It was lost: the process that kept it was killed.";
    found.log_tail = TailOfLog(run.Log(), run.OldLog(), kLogTail).value_or("");
  }
  FinishRun(run, found.outcome);
  found.status = RunStatus::kEnded;
  return found;
}

}  // namespace atelier::runtime::process
