#include "cli/store/check.h"

#include <filesystem>
#include <ostream>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "cli/output/render.h"
#include "cli/store/export.h"
#include "identity/identity_directory.h"
#include "identity/sealed_box.h"
#include "model/data_set.h"
#include "store/quarantine.h"

namespace atelier::cli {

namespace {

constexpr std::uint64_t kMaxNamed = 100;

/// Empty: nothing is wrong with it.
std::string WrongWith(const store::Record& record) {
  if (store::NameOf(record.kind).empty())
    return "is of a kind that this version does not know; a newer one wrote it, and serves it";
  if (const auto body = ParseJson(record.body); !body) {
    return fmt::format(
        "cannot be read ({}): a server leaves it out. Restore a backup from before, "
        "or do without it",
        body.error().message());
  }
  return {};
}

}  // namespace

void StoreCheck::Say(std::string_view what) {
  if (++problems_ <= kMaxNamed) env_.out << Printable(what) << '\n';
  if (problems_ == kMaxNamed) env_.out << "... more is only counted.\n";
}

Status StoreCheck::ReadBlocking(store::Snapshot& snapshot) {
  ATELIER_RETURN_IF_ERROR(snapshot.CheckBlocking([&](const std::string& what) {
    Say(
        fmt::format("The database is damaged: {} Keep a copy of it, check the disk, and restore a "
                    "backup.",
                    what));
  }));
  store::TallyMaker tally(snapshot.origin().head);
  ProgressNotes progress(env_);
  ATELIER_RETURN_IF_ERROR(snapshot.ReadBlocking([&](const store::Record& record) -> Status {
    if (const Status added = tally.Add(record); !added) {
      Say(fmt::format("{} The database is damaged: restore a backup.", added.error().message()));
    } else if (const std::string wrong = WrongWith(record); !wrong.empty()) {
      Say(fmt::format("The {} {} {}.", store::KindInWords(record.kind), record.key, wrong));
    }
    progress("Read", tally.count());
    return Ok();
  }));
  summary_ = fmt::format("{}, revision {}", InWords(tally.Finish()), snapshot.origin().head);
  return Ok();
}

Status StoreCheck::CheckBeside(const DataFolder& folder, store::Snapshot& snapshot) {
  using store::Kind;
  const auto box = identity::SealedBox::Open(folder.SecretKey(), false, env_.random);
  if (!box) Say(fmt::format("{} Restore it from a backup.", box.error().message()));
  std::uint64_t sealed_elsewhere = 0;
  ATELIER_RETURN_IF_ERROR(
      snapshot.ReadKindBlocking(Kind::kAccessKey, [&](const store::Record& record) -> Status {
        if (box && !identity::CheckAccessKey(*box, record)) ++sealed_elsewhere;
        return Ok();
      }));
  if (sealed_elsewhere > 0) {
    Say(
        fmt::format("{} does not open {} of the access keys: it belongs to another store. Restore "
                    "the one that belongs to this one.",
                    folder.SecretKey(), sealed_elsewhere));
  }
  return snapshot.ReadKindBlocking(
      Kind::kRecommenderDataSet, [&](const store::Record& record) -> Status {
        const auto set = FromRecord<model::DataSet>(record.body);
        std::error_code error;
        if (!set || set->state != model::DataSetState::Ready ||
            std::filesystem::exists(ModelFile(folder, record.key), error)) {
          return Ok();
        }
        Say(
            fmt::format("The data set {} has no model in {}: restore it from a backup, or run the "
                        "import again.",
                        record.key, folder.Recommenders()));
        return Ok();
      });
}

}  // namespace atelier::cli
