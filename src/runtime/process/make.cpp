#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

#include "runtime/process/driver.h"
#include "runtime/process/files.h"

namespace atelier::runtime {

Result<std::unique_ptr<Driver>> MakeProcessDriver(ProcessOptions options, asio::any_io_executor io,
                                                  Pool& blocking, http::Client& probes,
                                                  Clock& clock, Logger& log) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  const std::string folder = std::filesystem::canonical(options.folder, error).string();
  UniqueFd lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::chmod(folder.c_str(), 0700) != 0) {
    return process::SystemError(Code::kFailedPrecondition, "use the folder of the instances",
                                errno);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error(Code::kFailedPrecondition, "Another server uses the folder of the instances.");
  }
  if (!options.trial) {
    ATELIER_TRY(options.trial, TryHost(options, log));
  }
  process::Host host = *options.trial->host;
  host.folder = folder;
  host.program = std::move(options.program);
  host.shared_folders = std::move(options.shared_folders);
  host.environment = std::move(options.environment);
  host.shown_files = std::move(options.shown_files);
  host.set_up = std::move(options.set_up);
  host.stamp_lines = options.stamp_lines;
  host.host_ip = std::move(options.host_ip);
  host.zone = std::move(options.zone);
  auto driver = std::make_unique<process::ProcessDriver>(
      std::move(host), std::move(lock), std::move(io), blocking, probes, clock, log);
  driver->Adopt();
  return std::unique_ptr<Driver>(std::move(driver));
}

}  // namespace atelier::runtime
