#include "control/notebook.h"

#include <array>
#include <span>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "control/notebook_packages.h"

namespace atelier::control {

namespace {

// Fixed by the sandbox (runtime/driver.h).
constexpr std::string_view kHome = "/home/atelier";
constexpr std::string_view kRunFolder = "/run/atelier";
constexpr std::string_view kSocket = "http.sock";

}  // namespace

runtime::Workload NotebookWorkload(const model::Instance& instance, const model::Image& image,
                                   std::string_view notebook_secret) {
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
  };
  want.environment = instance.environment;
  want.environment["JUPYTER_TOKEN"] = token;  // never in argv, where other processes could read it
  if (want.capacity.memory_mib > 0)  // of the gauge in its status bar; /proc has the host's
    want.environment.try_emplace("MEM_LIMIT", std::to_string(want.capacity.memory_mib << 20U));
  AddPackages(want);
  want.on_start = instance.on_start;
  want.socket_name = std::string(kSocket);
  want.ready_path = base + "api";
  want.activity_path = base + "api/kernels";
  want.authorization = "token " + token;
  return want;
}

std::string NotebookToken(std::string_view notebook_secret, const model::InstanceId& id,
                          model::Generation generation) {
  const std::string message = fmt::format("{}/{}", id.str(), generation);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), notebook_secret.data(), static_cast<int>(notebook_secret.size()),
           reinterpret_cast<const unsigned char*>(
               message.data()),  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast):
                                 // OpenSSL's byte type
           message.size(), digest.data(), &size);
  ATELIER_CHECK(made != nullptr, "HMAC-SHA256 of memory has no way to fail");
  std::string hex;
  for (const unsigned char byte : std::span(digest).first(size)) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace atelier::control
