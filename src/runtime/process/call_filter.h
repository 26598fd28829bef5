#pragma once
#include "base/raii.h"
#include "base/result.h"

namespace atelier::runtime::process {

/// The system calls that a sandbox is refused, as a BPF program in a memory file that an exec keeps
/// open (what bubblewrap's --seccomp reads): those that reach kernel objects which no namespace
/// divides, those that change the host or the sandbox, and those of other ABIs and of later kernels
/// than libseccomp knows. A refusal is an errno, never a signal: programs then do as on a kernel
/// without the call. docs/security.md says the same in prose. Unavailable: out of memory or
/// descriptors.
Result<UniqueFd> MakeCallFilter();

}  // namespace atelier::runtime::process
