#include "control/dsw/notebook_kernels.h"

#include <fmt/format.h>

namespace atelier::control {

namespace {

constexpr std::string_view kFolder = "jupyter";

// By documented names alone: they have been there since jupyter_client 5 and jupyter_server 1.
constexpr const char* kConfig = R"py(# Read by Jupyter Server before the user's own configuration.
import itertools

from jupyter_client.ioloop import restarter
from jupyter_server.serverapp import ServerApp

numbers = itertools.count(1)


def note():
    """Called when a kernel has ended by itself, before it is started again."""
    headers = ServerApp.instance().web_app.settings.setdefault("headers", {{}})
    headers["{}"] = str(next(numbers))


def noting(base):
    class Restarter(base):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.add_callback(note)

    return Restarter


for kind in ("IOLoopKernel", "AsyncIOLoopKernel"):
    base = getattr(restarter, kind + "Restarter", None)
    if base:
        c[kind + "Manager"].restarter_class = noting(base)
)py";

}  // namespace

void WatchKernels(runtime::Workload& want) {
  want.files[fmt::format("{}/jupyter_server_config.py", kFolder)] =
      fmt::format(kConfig, runtime::kKernelRestarts);
  std::string& folders = want.environment["JUPYTER_CONFIG_PATH"];
  folders =
      fmt::format("{}/{}{}{}", runtime::kFilesInside, kFolder, folders.empty() ? "" : ":", folders);
}

}  // namespace atelier::control
