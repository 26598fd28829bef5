#pragma once

namespace atelier::serve {

/// Body of `atelier serve`: reads its options, serves until SIGINT or SIGTERM, ends in order; a
/// second such signal ends it at once, as kill -9 would. SIGHUP reads the certificate again.
/// Returns the exit code: 0 ended as asked; 1 it could not start, and why is on standard error; 2
/// the options are wrong.
int Main(int argc, char** argv);

}  // namespace atelier::serve
