#pragma once
#include "runtime/driver.h"

namespace atelier::control {

/// Gives a notebook Python packages of its own over those of its image, which stay as they are: a
/// virtual environment ~/.packages of the image's Python, into which `pip install` of cells,
/// terminals and the start script goes, with `--user` or without. Kernels and programs see its
/// packages first, JupyterLab itself sees them last: what a user installs can break their kernels,
/// not the start of their instance. With PYTHONNOUSERSITE among its variables an instance is
/// started without them. docs/notebooks.md says the same for users.
void AddPackages(runtime::Workload& want);

}  // namespace atelier::control
