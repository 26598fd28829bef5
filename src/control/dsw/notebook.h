#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "model/catalogue.h"
#include "model/instance.h"
#include "runtime/driver.h"

namespace atelier::control {

/// The port inside where the server's API answers, and where the vendor's libraries ask for the
/// instance's keys.
inline constexpr std::uint16_t kServerPort = 7002;

/// Below it the keys of an instance are served, by their names, to those inside it.
inline constexpr std::string_view kCredentialsPath = "/api/v1/credentials/";

/// What a notebook is told of the server that runs it.
struct NotebookSite {
  std::string region = {};
  std::string endpoint = {};      // of the API, from inside
  std::uint16_t server_port = 0;  // that leads there, in a network of its own; 0: none does
};

/// The JupyterLab of an instance as a workload: command line, environment, probes. Of two variables
/// of one name the user's counts, but for DSW_INSTANCE_ID and JUPYTER_TOKEN.
runtime::Workload NotebookWorkload(const model::Instance& instance, const model::Image& image,
                                   const NotebookSite& site, std::string_view notebook_secret);

/// The token the gateway presents to the instance's Jupyter server. Derived from the server secret,
/// the id and the generation: nothing to store, nothing shared between instances.
std::string NotebookToken(std::string_view notebook_secret, const model::InstanceId& id,
                          model::Generation generation);

}  // namespace atelier::control
