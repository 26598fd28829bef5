#include "cli/store/export.h"

#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/codec.h"
#include "cli/output/render.h"
#include "identity/identity_directory.h"
#include "identity/sealed_box.h"
#include "model/data_set.h"

namespace atelier::cli {

namespace {

constexpr Duration kTellEvery{5'000};
/// A model may be deleted after the snapshot was taken, with its record: then a new one is taken.
constexpr int kMaxTries = 3;
constexpr std::string_view kModel = ".model";

/// Keys of the data sets that have a model.
Result<std::vector<std::string>> ModelsOf(store::Snapshot& snapshot) {
  std::vector<std::string> keys;
  ATELIER_RETURN_IF_ERROR(snapshot.ReadKindBlocking(
      store::Kind::kRecommenderDataSet, [&](const store::Record& record) -> Status {
        const auto set = FromRecord<model::DataSet>(record.body);
        // One that cannot be read is left out by every server, too.
        if (set && set->state == model::DataSetState::Ready) keys.push_back(record.key);
        return Ok();
      }));
  return keys;
}

bool IsKey(std::string_view part) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !part.empty() && part.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// Where a file of an export goes; empty: it is none of ours. It never leaves the folder of models.
std::string PlaceOf(const DataFolder& folder, std::string_view name) {
  if (!name.ends_with(kModel)) return {};
  name.remove_suffix(kModel.size());
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || !IsKey(name.substr(0, slash)) ||
      !IsKey(name.substr(slash + 1))) {
    return {};
  }
  return ModelFile(folder, std::string(name));
}

Result<std::vector<std::string>> AddModels(const DataFolder& folder, store::Snapshot& snapshot,
                                           store::ExportWriter& writer) {
  ATELIER_TRY(const std::vector<std::string> models, ModelsOf(snapshot));
  std::vector<std::string> missing;
  for (const std::string& key : models) {
    const Status added = writer.AddFile(key + std::string(kModel), ModelFile(folder, key));
    if (!added && added.error().code() != Code::kNotFound) return added.error();
    if (!added) missing.push_back(key);
  }
  return missing;
}

}  // namespace

ProgressNotes::ProgressNotes(CliEnvironment& env) : env_(env), next_(env.clock.In(kTellEvery)) {}

void ProgressNotes::operator()(std::string_view done, std::uint64_t records) {
  if (env_.clock.Mono() < next_) return;
  next_ = env_.clock.In(kTellEvery);
  env_.err << fmt::format("{} {} records ...\n", done, records) << std::flush;
}

std::string ModelFile(const DataFolder& folder, const std::string& data_set) {
  return folder.Recommenders() + "/" + data_set + std::string(kModel);
}

std::string InWords(const store::Tally& tally) {
  std::uint64_t records = 0;
  for (const auto& [kind, of] : tally) records += of.count;
  return fmt::format("{} records of {} kinds", records, tally.size());
}

Result<store::Exported> WriteExport(const DataStore& from, const std::string& file,
                                    CliEnvironment& env) {
  for (int tries = 1;; ++tries) {
    ATELIER_TRY(const std::unique_ptr<store::Snapshot> snapshot,
                store::OpenSnapshotAt(from.place, env.clock));
    ATELIER_TRY(store::ExportWriter writer,
                store::ExportWriter::Create(file, snapshot->origin(), env.clock.Wall()));
    ATELIER_TRY(const std::vector<std::string> missing, AddModels(from.folder, *snapshot, writer));
    if (!missing.empty() && tries < kMaxTries) continue;
    for (const std::string& key : missing) {
      env.err << Printable(fmt::format("The data set {} has no model in the data folder: it goes "
                                       "without. Import it again.",
                                       key))
              << '\n';
    }
    ATELIER_TRY(const store::Tally read, store::ReadAllBlocking(*snapshot, ProgressNotes(env),
                                                                [&](const store::Record& record) {
                                                                  return writer.Add(record);
                                                                }));
    return writer.Finish();
  }
}

Result<bool> MayRead(const std::string& file, const DataStore& to, CliEnvironment& env) {
  ATELIER_TRY(const bool ended, store::EndMoveBlocking(to.place.folder));
  if (ended) {
    env.out << "The move that was cut short is ended. Start the server.\n";
    return false;
  }
  ATELIER_TRY(const std::unique_ptr<store::ExportReader> reader, store::ExportReader::Open(file));
  ATELIER_TRY(const bool may, store::MayMoveIn(to.place, reader->origin()));
  if (!may) {
    env.out << "The store of this data folder has come from there already: nothing was changed. "
               "Start the server.\nTo put another copy of it there all the same, move the folder "
            << Printable(to.place.folder) << " away first.\n";
  }
  return may;
}

Status ProveExport(const std::string& file, const std::string& key_file, const DataStore& to,
                   CliEnvironment& env) {
  ATELIER_TRY(const auto box, identity::SealedBox::Open(key_file, false, env.random));
  ATELIER_TRY(const std::unique_ptr<store::ExportReader> reader, store::ExportReader::Open(file));
  std::uint64_t opened = 0;
  std::uint64_t sealed_elsewhere = 0;
  ATELIER_TRY(const store::Tally all,
              store::ReadAllBlocking(*reader, ProgressNotes(env), [&](const store::Record& record) {
                if (record.kind == store::Kind::kAccessKey)
                  ++(identity::CheckAccessKey(box, record) ? opened : sealed_elsewhere);
                return Ok();
              }));
  // A single one may be damaged: a server leaves it out.
  if (opened == 0 && sealed_elsewhere > 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{} opens none of the access keys in {}: it is the key file of "
                             "another store. Copy the one that belongs to it.",
                             key_file, file),
                 "OtherKeyFile");
  }
  return store::CheckSameBlocking(to.place, all);
}

Status ReadExport(const std::string& file, const DataStore& to, CliEnvironment& env) {
  asio::io_context io{1};
  const auto log = MakeStderrLogger(LogLevel::kWarn);
  const store::MoveTools tools{.io = io, .clock = env.clock, .random = env.random, .log = *log};
  ATELIER_TRY(const std::unique_ptr<store::ExportReader> reader, store::ExportReader::Open(file));
  const store::Origin from = reader->origin();
  ATELIER_RETURN_IF_ERROR(
      reader->TakeFilesBlocking([&](const std::string& name) { return PlaceOf(to.folder, name); }));
  ATELIER_TRY(const store::Tally tally,
              store::StageBlocking(to.place, *reader, tools, ProgressNotes(env)));
  ATELIER_RETURN_IF_ERROR(store::SettleBlocking(to.place, from));
  env.out << fmt::format(
      "Imported {}, and read them back.\nStart the server on it: atelier serve --data {}{}\n",
      InWords(tally), to.folder.path(),
      to.place.address.empty() ? "" : " --store ... (the address of the database)");
  return Ok();
}

}  // namespace atelier::cli
