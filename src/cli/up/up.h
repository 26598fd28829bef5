#pragma once
#include <string>

#include "cli/run/cli_environment.h"

namespace atelier::cli {

struct LocalOptions {
  std::string data = "data";
  std::string listen = "127.0.0.1:8080";  // of a server that is started here
  std::string image;  // `up`: of the catalogue of a new data folder; empty: it gets none
  std::string ca_file;
};

/// `atelier up`: a server on this machine with a notebook that runs, started unless it is there
/// already, and their addresses. Stays until a signal or the end of the server that it started; a
/// server that it found goes on without it.
///
/// Whatever ends it, also in the middle of the start, ends the server it started and leaves the
/// notebooks running. Only kill -9 cannot be answered: the next `up` or `down` finds the server.
/// Returns 128 + N for signal N before all is up.
Exit Up(LocalOptions options, CliEnvironment& env);

/// `atelier down`: ends every notebook and the server. Starts one for that if none runs, for the
/// notebooks may.
Exit Down(LocalOptions options, CliEnvironment& env);

}  // namespace atelier::cli
