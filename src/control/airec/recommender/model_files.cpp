#include "control/airec/recommender/model_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/file.h"

namespace atelier::control {

namespace {

Error Failed(const Error& error) {
  return {error.code(),
          fmt::format("The model of the dataset version cannot be stored ({}).", error.message())};
}

}  // namespace

Status ModelFiles::Write(const model::RecommenderId& id, const std::string& version,
                         std::string_view bytes) const {
  const std::string folder = folder_ + "/" + id.str();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Failed(FileError("make", folder, error.value()));
  if (const Status written = WriteFileDurably(folder + "/" + version + ".model", bytes); !written)
    return Failed(written.error());
  ATELIER_FAILPOINT("recommender.file");
  if (const Status synced = SyncFolder(folder_); !synced) return Failed(synced.error());
  return Ok();
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
