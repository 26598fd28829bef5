#pragma once
#include <map>
#include <string>

namespace atelier::control {

/// An extension of JupyterLab, and of Notebook 7, that needs no build: a bar above the page while
/// the instance is about to be stopped for being idle, with a button that extends it. It asks the
/// gateway (`atelier/idle` and `atelier/extend` below the instance's own address) once a minute. By
/// path below a folder of `LabApp.extra_labextensions_path`.
std::map<std::string, std::string> IdleBanner();

}  // namespace atelier::control
