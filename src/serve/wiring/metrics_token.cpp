#include "serve/wiring/metrics_token.h"

#include <fstream>

#include "base/file.h"

namespace atelier::serve {

std::string MetricsToken(const DataFolder& folder, Random& random, Logger& log) {
  static constexpr std::size_t kBytes = 32;
  const std::string path = folder.MetricsToken();
  std::string token;
  if (std::getline(std::ifstream(path), token) && !token.empty()) return token;
  token = random.Hex(kBytes);
  // Whoever made one meanwhile was first.
  if (const Status made = CreateFileDurably(path, token + "\n"); !made) {
    log.Warn("metrics.no_token", {{"file", path}, {"error", made.error().ToString()}});
    return {};
  }
  return token;
}

}  // namespace atelier::serve
