#include "control/recommender/model_files.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/raii.h"

namespace atelier::control {

namespace {

Error Failed(std::string_view step, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return {full ? Code::kResourceExhausted : Code::kUnavailable,
          fmt::format("The model of the dataset version cannot be stored ({}: {}).", step,
                      std::generic_category().message(error_number))};
}

Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return Failed("write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return Ok();
}

Status FlushFolder(const std::string& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return Failed("flush", errno);
  return Ok();
}

}  // namespace

Status ModelFiles::Write(const model::RecommenderId& id, const std::string& version,
                         std::string_view bytes) const {
  const std::string folder = folder_ + "/" + id.str();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Failed("folder", error.value());
  const std::string path = folder + "/" + version + ".model";
  const std::string fresh = path + ".new";
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return Failed("open", errno);
  ATELIER_RETURN_IF_ERROR(WriteAll(fd.get(), bytes));
  if (::fsync(fd.get()) != 0) return Failed("flush", errno);
  ATELIER_FAILPOINT("recommender.file");
  if (::rename(fresh.c_str(), path.c_str()) != 0) return Failed("rename", errno);
  ATELIER_RETURN_IF_ERROR(FlushFolder(folder));
  return FlushFolder(folder_);  // that the new folder is in it
}

Result<std::string> ModelFiles::Read(const model::RecommenderId& id,
                                     const std::string& version) const {
  const std::string path = folder_ + "/" + id.str() + "/" + version + ".model";
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file && !std::filesystem::exists(path, error) && !error)
    return Error(Code::kDataLoss, "Its file is gone.", "UnreadableModel");
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad())
    return Error(Code::kUnavailable, "The model of the dataset version cannot be read.");
  return bytes;
}

void ModelFiles::Remove(const model::RecommenderId& id, const std::string& version) const {
  std::error_code ignored;
  std::filesystem::remove(folder_ + "/" + id.str() + "/" + version + ".model", ignored);
}

void ModelFiles::RemoveAll(const model::RecommenderId& id) const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_ + "/" + id.str(), ignored);
}

}  // namespace atelier::control
