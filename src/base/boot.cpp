#include "base/boot.h"

#include <fstream>

namespace atelier {

std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

}  // namespace atelier
