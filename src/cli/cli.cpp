#include "cli/cli.h"

namespace atelier::cli {

int Main(int /*argc*/, char** /*argv*/) { return 2; }

}  // namespace atelier::cli
