#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

#include "runtime/process/driver.h"
#include "runtime/process/files.h"
#include "runtime/process/take_over.h"

namespace atelier::runtime {

namespace {

/// Locked for as long as it is open: one driver a folder.
Result<UniqueFd> LockFolder(const std::string& path) {
  UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::chmod(path.c_str(), 0700) != 0) {
    return process::SystemError(Code::kFailedPrecondition, "use the folder of the instances",
                                errno);
  }
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error(Code::kFailedPrecondition, "Another server uses the folder of the instances.");
  }
  return folder;
}

/// `from` may be absent.
Status TakeOverLocked(const std::string& from, const std::string& into) {
  std::error_code absent;
  const std::string folder = std::filesystem::canonical(from, absent).string();
  if (absent) return Ok();
  ATELIER_TRY(const UniqueFd lock, LockFolder(folder));
  return process::TakeOver(folder, into);
}

}  // namespace

Result<std::unique_ptr<Driver>> MakeProcessDriver(ProcessOptions options, asio::any_io_executor io,
                                                  Pool& blocking, http::Client& probes,
                                                  Clock& clock, Logger& log) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  const std::string folder = std::filesystem::canonical(options.folder, error).string();
  ATELIER_TRY(UniqueFd lock, LockFolder(folder));
  ATELIER_RETURN_IF_ERROR(TakeOverLocked(options.earlier_folder, folder));
  if (!options.trial) {
    ATELIER_TRY(options.trial, TryHost(options, log));
  }
  process::Host host = *options.trial->host;
  host.folder = folder;
  host.program = std::move(options.program);
  host.shared_folders = std::move(options.shared_folders);
  host.environment = std::move(options.environment);
  host.shown_files = std::move(options.shown_files);
  host.host_ip = std::move(options.host_ip);
  host.zone = std::move(options.zone);
  auto driver = std::make_unique<process::ProcessDriver>(
      std::move(host), std::move(lock), std::move(io), blocking, probes, clock, log);
  driver->Adopt();
  return std::unique_ptr<Driver>(std::move(driver));
}

}  // namespace atelier::runtime
