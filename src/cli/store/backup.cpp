#include "cli/store/backup.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <ostream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/store/export.h"

namespace atelier::cli {

namespace {

namespace fs = std::filesystem;

std::string ExportIn(const std::string& backup) { return backup + "/store.export"; }

constexpr std::size_t kMaxFile = 4U << 20U;  // the largest is the catalogue

/// Of the data folder, beside the store. They are small.
std::array<std::string, 4> FilesOf(const DataFolder& folder) {
  return {folder.SecretKey(), folder.Catalogue(), folder.Credentials(), folder.MetricsToken()};
}

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

/// nullopt: there is none. Unavailable.
Result<std::optional<std::string>> Read(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  auto bytes = ReadWholeFile(path, kMaxFile);
  if (!bytes) return FileError("read", path, EIO);
  return bytes;
}

/// The key file that opens the backup, which may have been kept apart from it.
Result<std::string> KeyFileFor(const std::string& backup, const DataFolder& to) {
  const std::string in_backup = backup + "/" + NameOf(to.SecretKey());
  ATELIER_TRY(const std::optional<std::string> bytes, Read(in_backup));
  ATELIER_TRY(const std::optional<std::string> there, Read(to.SecretKey()));
  if (!bytes && !there) {
    return Error(
        Code::kFailedPrecondition,
        fmt::format("There is no {} in the backup. Copy it to {} first: nothing else opens "
                    "the secrets in the store.",
                    NameOf(to.SecretKey()), to.SecretKey()));
  }
  if (bytes && there && *bytes != *there) {
    return Error(
        Code::kFailedPrecondition,
        fmt::format("{} is not the key file of the backup. Restore into another data folder, "
                    "or move this one away.",
                    to.SecretKey()));
  }
  return there ? to.SecretKey() : in_backup;
}

/// What is there stays, for it is newer, and the operator's; that it differs is said.
Status PutBack(const std::string& from, const std::string& to, CliEnvironment& env) {
  ATELIER_TRY(const std::optional<std::string> bytes, Read(from));
  if (!bytes) return Ok();
  ATELIER_TRY(const std::optional<std::string> there, Read(to));
  if (!there) return WriteFileDurably(to, *bytes);
  if (*there != *bytes) env.out << fmt::format("{} differs from the backup's, and stays.\n", to);
  return Ok();
}

Result<store::Exported> Fill(const DataStore& from, const std::string& folder,
                             CliEnvironment& env) {
  ATELIER_TRY(store::Exported done, WriteExport(from, ExportIn(folder), env));
  for (const std::string& path : FilesOf(from.folder)) {
    ATELIER_TRY(const std::optional<std::string> bytes, Read(path));
    if (bytes) ATELIER_RETURN_IF_ERROR(WriteFileDurably(folder + "/" + NameOf(path), *bytes));
  }
  return done;
}

}  // namespace

Status Backup(const BackupOptions& options, CliEnvironment& env) {
  ATELIER_TRY(const DataStore from, FindStore(options.at));
  std::string folder = options.folder;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  std::error_code error;
  if (fs::exists(folder, error)) {
    return Error(Code::kAlreadyExists,
                 fmt::format("{} is there already. Name a new folder: a backup never replaces one.",
                             folder));
  }
  // Beside its name: what has that name is whole.
  const std::string part = folder + ".part";
  if (::mkdir(part.c_str(), 0700) != 0) {
    if (errno != EEXIST) return FileError("make", part, errno);
    return Error(Code::kAlreadyExists,
                 fmt::format("{} is left of a backup that was cut short. Remove it first.", part));
  }
  const auto done = Fill(from, part, env);
  if (!done) {
    fs::remove_all(part, error);
    return done.error();
  }
  if (::rename(part.c_str(), folder.c_str()) != 0) return FileError("make", folder, errno);
  const std::string parent = fs::absolute(folder).parent_path().string();
  ATELIER_RETURN_IF_ERROR(SyncFolder(parent));
  env.out << fmt::format(
      "Backed up {}, {} models, {} bytes, and the key file, to {}.\n"
      "Who has it has everything: keep it as you keep {}.\n"
      "Not in it, and yours to back up: the files of notebooks, in {}, and what services are "
      "shown, "
      "in {}.\n",
      InWords(done->records), done->files, done->bytes, folder, from.folder.SecretKey(),
      from.folder.Instances(), from.folder.Models());
  return Ok();
}

Status Restore(const BackupOptions& options, CliEnvironment& env) {
  if (std::error_code error; !fs::exists(ExportIn(options.folder), error)) {
    return Error(Code::kNotFound, fmt::format("{} is no backup: there is no {} in it.",
                                              options.folder, NameOf(ExportIn(options.folder))));
  }
  ATELIER_TRY(const DataStore to, MakeStore(options.at));
  ATELIER_TRY(const bool may, MayRead(ExportIn(options.folder), to, env));
  if (!may) return Ok();
  ATELIER_TRY(const std::string key_file, KeyFileFor(options.folder, to.folder));
  ATELIER_RETURN_IF_ERROR(ProveExport(ExportIn(options.folder), key_file, to, env));
  for (const std::string& path : FilesOf(to.folder))
    ATELIER_RETURN_IF_ERROR(PutBack(options.folder + "/" + NameOf(path), path, env));
  ATELIER_RETURN_IF_ERROR(ReadExport(ExportIn(options.folder), to, env));
  env.out << "What it does not know, and runs, runs on: atelier orphan list\n";
  return Ok();
}

}  // namespace atelier::cli
