#include "serve/wiring/data_folder.h"

#include <filesystem>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

namespace atelier::serve {

Result<DataFolder> DataFolder::Open(const std::string& path) {
  std::error_code made;
  std::filesystem::create_directories(path, made);
  if (made || ::chmod(path.c_str(), 0700) != 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The data folder {} cannot be made or is not yours.", path));
  }
  return DataFolder(std::filesystem::canonical(path).string());
}

}  // namespace atelier::serve
