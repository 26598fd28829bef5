#include "cli/store/store_commands.h"

#include <filesystem>
#include <memory>
#include <ostream>
#include <system_error>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "cli/store/check.h"
#include "cli/store/export.h"
#include "store/move.h"

namespace atelier::cli {

namespace {

Status CheckKeyFile(const DataFolder& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder.SecretKey(), error)) return Ok();
  return Error(
      Code::kFailedPrecondition,
      fmt::format("{} is missing, and nothing opens the secrets in the store without it. "
                  "Copy it from the data folder, or the backup, of the store that is moved.",
                  folder.SecretKey()));
}

}  // namespace

Status ExportStore(const StoreFileOptions& options, CliEnvironment& env) {
  ATELIER_TRY(const DataStore from, FindStore(options.at));
  ATELIER_TRY(const store::Exported done, WriteExport(from, options.file, env));
  env.out << fmt::format(
      "Exported {}, {} models, {} bytes to {}.\n"
      "Keep {} with it, apart: it opens the secrets.\n",
      InWords(done.records), done.files, done.bytes, options.file, from.folder.SecretKey());
  return Ok();
}

Status ImportStore(const StoreFileOptions& options, CliEnvironment& env) {
  ATELIER_TRY(const DataStore to, MakeStore(options.at));
  ATELIER_TRY(const bool may, MayRead(options.file, to, env));
  if (!may) return Ok();
  ATELIER_RETURN_IF_ERROR(CheckKeyFile(to.folder));
  ATELIER_RETURN_IF_ERROR(ProveExport(options.file, to.folder.SecretKey(), to, env));
  return ReadExport(options.file, to, env);
}

Status CheckStore(const StoreFileOptions& options, CliEnvironment& env) {
  StoreCheck check(env);
  if (!options.file.empty()) {
    ATELIER_TRY(const auto file, store::ExportReader::Open(options.file));
    ATELIER_RETURN_IF_ERROR(check.ReadBlocking(*file));
  } else {
    ATELIER_TRY(const DataStore at, FindStore(options.at));
    ATELIER_TRY(const auto snapshot, store::OpenSnapshotAt(at.place, env.clock));
    env.err << "Checking the database, then its records ...\n" << std::flush;
    ATELIER_RETURN_IF_ERROR(check.ReadBlocking(*snapshot));
    ATELIER_RETURN_IF_ERROR(check.CheckBeside(at.folder, *snapshot));
  }
  env.out << fmt::format("Read {}.\n", check.Summary());
  if (check.problems() == 0) {
    env.out << "Nothing is wrong.\n";
    return Ok();
  }
  return Error(Code::kDataLoss, fmt::format("{} problems, named above.", check.problems()));
}

Status MigrateStore(const MigrateOptions& options, CliEnvironment& env) {
  ATELIER_TRY(const DataStore from, FindStore(options.from));
  ATELIER_TRY(std::string address, AddressOf(options.to, options.to_dsn_file));
  if (address == from.place.address)
    return Error(Code::kInvalidArgument, "The store is there already: name another one with --to.");
  const store::StorePlace to{.folder = from.place.folder, .address = std::move(address)};
  ATELIER_TRY(const bool ended, store::EndMoveBlocking(from.place.folder));
  if (ended) {
    env.out << "The move that was cut short is ended. Start the server.\n";
    return Ok();
  }
  asio::io_context io{1};
  const auto log = MakeStderrLogger(LogLevel::kWarn);
  const store::MoveTools tools{.io = io, .clock = env.clock, .random = env.random, .log = *log};
  ATELIER_TRY(const store::Tally tally,
              store::MoveBlocking(from.place, to, tools, ProgressNotes(env)));
  env.out << fmt::format(
      "Moved {}, and read them back.\nStart the server with {}; nothing was deleted where it "
      "was.\n",
      InWords(tally), to.address.empty() ? "--store sqlite" : "--store ... (where it is now)");
  return Ok();
}

}  // namespace atelier::cli
