#include "control/dsw/notebook.h"

#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "control/dsw/notebook_banner.h"
#include "control/dsw/notebook_kernels.h"
#include "control/dsw/notebook_packages.h"

namespace atelier::control {

namespace {

// Fixed by the sandbox (runtime/driver.h).
constexpr std::string_view kHome = "/home/atelier";
constexpr std::string_view kRunFolder = "/run/atelier";
constexpr std::string_view kSocket = "http.sock";

/// What the SDKs look for in an instance (docs/contract/datasets-mounts.md section 6), older names
/// included.
void TellOfTheSite(const model::Instance& instance, const NotebookSite& site,
                   std::map<std::string, std::string>& environment) {
  environment["DSW_INSTANCE_ID"] = instance.id.str();
  for (const char* name : {"REGION", "dsw_region"}) environment.try_emplace(name, site.region);
  for (const char* name : {"PAI_WORKSPACE_ID", "PAI_AI_WORKSPACE_ID"})
    environment.try_emplace(name, instance.workspace.str());
  if (!site.endpoint.empty()) environment["ATELIER_ENDPOINT"] = site.endpoint;
  if (site.server_port == 0 || !instance.credentials || instance.credentials->env_key.empty())
    return;
  environment.try_emplace("ALIBABA_CLOUD_CREDENTIALS_URI",
                          fmt::format("http://localhost:{}{}{}", site.server_port, kCredentialsPath,
                                      instance.credentials->env_key));
  // The vendor's libraries would look there first, in vain (docs/security.md).
  environment.try_emplace("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
}

}  // namespace

runtime::Workload NotebookWorkload(const model::Instance& instance, const model::Image& image,
                                   const NotebookSite& site, std::string_view notebook_secret) {
  const std::string base = fmt::format("/{}/", instance.id.str());
  const std::string token = NotebookToken(notebook_secret, instance.id, instance.generation);
  runtime::Workload want;
  want.id = instance.id;
  want.generation = instance.generation;
  // Records of servers that did not note it tell by their running time.
  want.fresh = !instance.has_run && !instance.running_since && instance.accumulated_running_ms == 0;
  want.capacity = instance.capacity;
  want.image_prefix = image.Prefix;
  want.command = {
      image.Prefix + "/bin/jupyter-lab",
      "--no-browser",
      fmt::format("--ServerApp.sock={}/{}", kRunFolder, kSocket),
      "--ServerApp.base_url=" + base,
      fmt::format("--ServerApp.root_dir={}", kHome),
      // Only the gateway reaches the socket, and it has checked who asks; the Host it passes on is
      // the public one. Origins stay same-origin, and the browser's XSRF cookie passes through.
      "--ServerApp.allow_remote_access=True",
      "--ServerApp.allow_root=True",  // root inside the sandbox is nobody outside
      "--ServerApp.terminals_enabled=True",
      // Kernels talk over sockets in the sandbox, not over ports of a network it may share.
      "--KernelManager.transport=ipc",
      "--ServerApp.quit_button=False",  // an instance is stopped through the API
      // No call leaves for the network unasked.
      "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
      "--LabApp.news_url=None",
      "--LabApp.extension_manager=readonly",
      // Of jupyter-resource-usage, where the image has it: nothing of the host's, and no look at
      // all processes every second.
      "--ResourceUseDisplay.show_host_usage=False",
      "--ResourceUseDisplay.enable_prometheus_metrics=False",
      fmt::format("--LabApp.extra_labextensions_path={}", runtime::kFilesInside),
  };
  want.environment = instance.environment;
  TellOfTheSite(instance, site, want.environment);
  want.environment["JUPYTER_TOKEN"] = token;  // never in argv, where other processes could read it
  if (want.capacity.memory_mib > 0)  // of the gauge in its status bar; /proc has the host's
    want.environment.try_emplace("MEM_LIMIT", std::to_string(want.capacity.memory_mib << 20U));
  AddPackages(want);
  want.server_port = site.server_port;
  want.files = IdleBanner();
  WatchKernels(want);
  want.on_start = instance.on_start;
  want.socket_name = std::string(kSocket);
  want.ready_path = base + "api";
  want.activity_path = base + "api/kernels";
  want.authorization = "token " + token;
  return want;
}

std::string NotebookToken(std::string_view notebook_secret, const model::InstanceId& id,
                          model::Generation generation) {
  return Hex(HmacSha256(notebook_secret, fmt::format("{}/{}", id.str(), generation)));
}

}  // namespace atelier::control
