// What `atelier keep` and `atelier relay` are to the server, for the tests of the process driver.
#include <string_view>

#include "runtime/process.h"

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "sweep") return atelier::runtime::SweepMain(argc - 1, argv + 1);
  if (command == "relay") return atelier::runtime::RelayMain(argc - 1, argv + 1);
  return atelier::runtime::ShimMain(argc, argv);
}
