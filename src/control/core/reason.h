#pragma once
#include <string>

#include "runtime/driver.h"

namespace atelier::control {

/// Why something is where it is: its code and a message for people. Empty when all is well.
struct Reason {
  std::string code;
  std::string message;
};

/// Why a workload that ended by itself did.
Reason ReasonOfExit(const runtime::WorkloadState& state, bool was_running);

}  // namespace atelier::control
