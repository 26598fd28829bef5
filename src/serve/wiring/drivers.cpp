#include "serve/wiring/drivers.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/host_port.h"
#include "base/text.h"
#include "runtime/process.h"
#include "runtime/simulated.h"
#include "serve/wiring/default_environment.h"

namespace atelier::serve {

namespace {

Result<std::unique_ptr<runtime::Driver>> MakeSimulated(ServerContext& base) {
  auto driver = runtime::MakeSimulatedDriver({}, base.executor(), base.clock());
  ATELIER_RETURN_IF_ERROR(driver->Listen(base.real_clock, *base.log));
  return std::unique_ptr<runtime::Driver>(std::move(driver));
}

/// Who listens beyond this host lets others in, who must not get what a laptop's owner may.
runtime::Isolation IsolationOf(const ServerContext& base) {
  const std::string& said = base.config.isolation;
  if (said == "off") return runtime::Isolation::kOff;
  const auto is_loopback = [](const std::string& host) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    return !error && address.is_loopback();
  };
  const auto apps = ParseHostPort(base.config.apps_listen);
  const bool alone = is_loopback(base.listen.host) && (!apps || is_loopback(apps->host));
  const bool require = said == "require" || (said.empty() && !alone);
  return require ? runtime::Isolation::kRequire : runtime::Isolation::kPrefer;
}

model::Resources SimulatedHost(const ServerConfig& config) {
  return {.milli_cpu = config.simulated_cpus * model::kMilli,
          .memory_mib = config.simulated_memory_gib * 1024,
          .milli_gpu = config.simulated_gpus * model::kMilli,
          .processes = model::kPlenty};
}

}  // namespace

Result<Runtime> MakeRuntime(ServerContext& base, const DataFolder& folder, http::Client& probes) {
  Runtime made;
  ATELIER_TRY(DefaultEnvironment defaults, LoadDefaultEnvironment(base.config.default_environment));
  if (base.simulated()) {
    ATELIER_TRY(made.driver, MakeSimulated(base));
    made.host = SimulatedHost(base.config);
    return made;
  }
  std::vector<std::string> shared = SplitList(base.config.shared_folders);
  if (shared.empty()) shared.push_back(folder.Models());
  runtime::ProcessOptions options{.folder = folder.Instances(),
                                  .earlier_folder = folder.Services(),
                                  .program = base.program,
                                  .isolation = IsolationOf(base),
                                  .shared_folders = std::move(shared),
                                  .environment = std::move(defaults.variables),
                                  .shown_files = std::move(defaults.files),
                                  .host_ip = base.listen.host,
                                  .zone = base.config.zone};
  ATELIER_TRY(made.host, runtime::MeasureHost());
  ATELIER_TRY(options.trial, runtime::TryHost(options, *base.log));
  made.controls = options.trial->controls;
  ATELIER_TRY(made.driver,
              runtime::MakeProcessDriver(std::move(options), base.executor(), base.blocking, probes,
                                         base.real_clock, *base.log));
  return made;
}

}  // namespace atelier::serve
