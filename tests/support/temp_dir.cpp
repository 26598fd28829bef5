#include "support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace atelier::test {

std::string FolderInMemory() {
  constexpr const char* kMemory = "/dev/shm";
  return ::access(kMemory, W_OK) == 0 ? kMemory : std::filesystem::temp_directory_path().string();
}

TempDir::TempDir() : TempDir(std::filesystem::temp_directory_path().string()) {}

TempDir::TempDir(const std::string& parent) : path_(parent + "/atelier-test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary folder");
}

TempDir::~TempDir() {
  std::error_code ignored;  // a leftover in the temporary folder fails no test
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace atelier::test
