#pragma once
#include <string>
#include <string_view>

#include "model/catalogue.h"
#include "model/instance.h"
#include "runtime/driver.h"

namespace atelier::control {

/// The JupyterLab of an instance as a workload: command line, environment, probes.
runtime::Workload NotebookWorkload(const model::Instance& instance, const model::Image& image,
                                   std::string_view notebook_secret);

/// The token the gateway presents to the instance's Jupyter server. Derived from the server secret,
/// the id and the generation: nothing to store, nothing shared between instances.
std::string NotebookToken(std::string_view notebook_secret, const model::InstanceId& id,
                          model::Generation generation);

}  // namespace atelier::control
