#include "base/data_folder.h"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

#include "base/file.h"

namespace atelier {

Result<DataFolder> DataFolder::Open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  const int error_number = failed ? failed.value() : ::chmod(path.c_str(), 0700) != 0 ? errno : 0;
  if (error_number != 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The data folder {} cannot be used: {}. Give it to the user that runs "
                             "the server, or choose another one with --data.",
                             path, WhyRefused(path, error_number)));
  }
  return DataFolder(std::filesystem::canonical(path).string());
}

Result<DataFolder> DataFolder::Find(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    return Error(Code::kNotFound,
                 fmt::format("There is no data folder {}. Name it with --data.", path));
  }
  return DataFolder(std::filesystem::canonical(path, error).string());
}

}  // namespace atelier
