#include "support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace atelier::test {

TempDir::TempDir()
    : path_((std::filesystem::temp_directory_path() / "atelier-test-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary folder");
}

TempDir::~TempDir() {
  std::error_code ignored;  // a leftover in the temporary folder fails no test
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace atelier::test
