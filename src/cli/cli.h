#pragma once
#include <string>
#include <vector>

namespace atelier::cli {

/// Every command but `serve` and `keep`: a client of the public API. Returns the process's exit
/// code: 0 done; 1 the server refused (its code is printed); 2 the command line is wrong; 3 the
/// server cannot be reached; 4 the wait for a state ended in another one or ran out of time.
/// `server_options`: the flags of `atelier serve`, for completion.
int Main(int argc, char** argv, std::vector<std::string> server_options);

}  // namespace atelier::cli
