#pragma once
#include <string>

#include "base/data_folder.h"
#include "base/log.h"
#include "base/random.h"

namespace atelier::serve {

/// What opens the part of /metrics that has names: the first line of the file in the data folder,
/// which is made if it is not there. Empty, and the log says why: neither can be done.
std::string MetricsToken(const DataFolder& folder, Random& random, Logger& log);

}  // namespace atelier::serve
