#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Hosts processors that users write in C or C++ (docs/decisions/0007-own-processors.md).
namespace atelier::processor {

/// A sandbox with one vCPU has room for 1,024 processes and threads, and the library may have its
/// own.
inline constexpr std::int64_t kMaxThreads = 512;

struct HostOptions {
  std::string library;       // path of the shared object
  std::string model_entry;   // of initialize(): a path, or empty
  std::string model_config;  // of initialize(): any text without NUL
  std::uint16_t port = 0;    // of 127.0.0.1 to serve HTTP on
  std::int64_t threads = 1;  // requests in process() at once, 1 to kMaxThreads
};

/// How this program is told to host one.
struct Invocation {
  std::vector<std::string> arguments;              // after the program's own name
  std::map<std::string, std::string> environment;  // may hold secrets of the user
};
Invocation InvocationOf(const HostOptions& options);

/// Body of the host, as InvocationOf says: loads the library and calls its initialize(), then
/// answers every HTTP request with its process() until SIGTERM or SIGINT, and finishes what is
/// under way. Returns the exit code: 0 after a signal; 1, with a line on standard error, when the
/// library or the port cannot be had or initialize() fails; 2 for wrong arguments.
int ProcessorMain(int argc, char** argv);

}  // namespace atelier::processor
