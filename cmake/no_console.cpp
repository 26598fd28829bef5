// Stands for the files of the console where there is no Node to build them (cmake/Console.cmake).
#include "console/console.h"

namespace atelier::console {

std::span<const Asset> BuiltAssets() { return {}; }

}  // namespace atelier::console
