#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/run/cli_environment.h"
#include "cli/store/place.h"
#include "store/export_file.h"

namespace atelier::cli {

/// Tells people now and then how far it has come (store::Progress).
class ProgressNotes {
 public:
  explicit ProgressNotes(CliEnvironment& env);
  void operator()(std::string_view done, std::uint64_t records);

 private:
  CliEnvironment& env_;
  MonoTime next_;
};

/// What a data folder has of a recommender's model, by the key of its data set.
std::string ModelFile(const DataFolder& folder, const std::string& data_set);

/// Writes the store and the models of recommenders to `file`, beside a server that may run. What
/// lacks a model is named, and exported without.
Result<store::Exported> WriteExport(const DataStore& from, const std::string& file,
                                    CliEnvironment& env);

/// Whether there is something to be moved in from `file`; if not, it was moved in before, which is
/// said.
Result<bool> MayRead(const std::string& file, const DataStore& to, CliEnvironment& env);

/// Reads all of `file` before anything is done with it. DataLoss: it is damaged.
/// FailedPrecondition: `key_file` opens none of its secrets; the data folder has another store.
Status ProveExport(const std::string& file, const std::string& key_file, const DataStore& to,
                   CliEnvironment& env);

/// Fills the store at `to` from `file`, gives it to the data folder, and says so.
Status ReadExport(const std::string& file, const DataStore& to, CliEnvironment& env);

/// "12 records of 3 kinds"
std::string InWords(const store::Tally& tally);

}  // namespace atelier::cli
