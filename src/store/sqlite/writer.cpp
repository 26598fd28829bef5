#include "store/sqlite/writer.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "base/check.h"
#include "store/common/errors.h"

namespace atelier::store::sqlite {

namespace {

// 4,000 pages are 32 MB of log: long enough that checkpoints cost little, short enough to replay at
// once.
constexpr int kCheckpointFrames = 4000;
constexpr int kRetryFrames = 500;  // more than that before a checkpoint that failed is tried again
constexpr std::chrono::seconds kProbeEvery{1};

}  // namespace

Writer::Writer(const Folder& folder, const SqliteOptions& options, GroupWriter disk, Logger& log)
    : folder_(folder),
      files_(folder.CurrentFiles()),
      options_(options),
      log_(log),
      disk_(std::move(disk)),
      acknowledged_(disk_->revision()),
      reserve_kept_(folder.KeepReserve(options.reserve_bytes)),
      checkpoint_at_(kCheckpointFrames) {}

std::optional<Duration> Writer::IdleAfter() const {
  return GetHealth().writable ? std::nullopt : std::optional<Duration>(kProbeEvery);
}

Resolution Writer::Commit(std::vector<Ticket>& group) {
  const std::uint64_t free_bytes = folder_.FreeBytes();
  const bool full = free_bytes < options_.reserve_bytes;
  std::vector<Batch*> admitted;
  admitted.reserve(group.size());
  for (Ticket& ticket : group) {
    if (!full || ticket.from_reserve) admitted.push_back(&ticket.batch);
  }
  if (full && !admitted.empty()) {
    folder_.SpendReserve();
    reserve_kept_ = false;
  }
  const model::Revision before = acknowledged_;
  Result<GroupWriter::Written> written = Write(admitted);
  if (full) {
    health_.Note(DiskFull());
  } else if (!written) {
    health_.Note(written.error());
  } else if (acknowledged_ != before) {  // a group of refused batches proves no disk
    health_.Note(Ok());
    RefillReserve(free_bytes);
  }

  Resolution resolution;
  resolution.outcomes.reserve(group.size());
  std::size_t next = 0;
  for (const Ticket& ticket : group) {
    if (full && !ticket.from_reserve) {
      resolution.outcomes.emplace_back(DiskFull());
    } else if (!written) {
      resolution.outcomes.emplace_back(written.error());
    } else {
      resolution.outcomes.push_back(std::move(written->outcomes.at(next++)));
    }
  }
  if (written) resolution.changes = std::move(written->changes);
  return resolution;
}

Result<GroupWriter::Written> Writer::Write(std::span<Batch*> batches) {
  if (batches.empty()) return GroupWriter::Written{};
  ATELIER_TRY(GroupWriter* const disk, Disk());
  Result<GroupWriter::Written> written = disk->Commit(batches);
  if (written) {
    acknowledged_ = disk->revision();
  } else {
    disk_.reset();  // never flush a second time on the same connection
  }
  return written;
}

Result<GroupWriter*> Writer::Disk() {
  if (folder_.CurrentFiles() != files_) {
    return Error(Code::kUnavailable,
                 "The files of the store were moved, replaced or removed while the server runs: "
                 "nothing was changed. Put them back, or stop the server and restore a backup.",
                 "StoreMoved");
  }
  if (disk_) return &*disk_;
  ATELIER_TRY(GroupWriter disk, GroupWriter::Open(folder_.database()));
  ATELIER_CHECK(
      disk.revision() == acknowledged_,
      "SQLite shows a commit only after its flush succeeded, so what failed is not visible");
  return &disk_.emplace(std::move(disk));
}

void Writer::Idle() {
  const std::uint64_t free_bytes = folder_.FreeBytes();
  if (free_bytes < options_.reserve_bytes) return health_.Note(DiskFull());
  const Result<GroupWriter*> disk = Disk();
  const Status proven = disk ? (*disk)->Probe() : disk.error();
  if (!proven) disk_.reset();
  health_.Note(proven);
  if (proven) RefillReserve(free_bytes);
}

void Writer::RefillReserve(std::uint64_t free_bytes) {
  if (reserve_kept_ || free_bytes / 2 < options_.reserve_bytes) return;
  reserve_kept_ = folder_.KeepReserve(options_.reserve_bytes);
}

void Writer::AfterCommit() {
  if (!disk_ || disk_->log_frames() < checkpoint_at_) return;
  const int frames = disk_->log_frames();
  const Status done = disk_->Checkpoint();
  checkpoint_at_ = done ? kCheckpointFrames : frames + kRetryFrames;
  if (!done) log_.Warn("store.checkpoint_failed", {{"error", done.error().ToString()}});
}

void Writer::EmptyLogBlocking() {
  const Result<GroupWriter*> disk = Disk();
  const Status done = disk ? (*disk)->FinalCheckpoint() : disk.error();
  if (!done) log_.Warn("store.checkpoint_failed", {{"error", done.error().ToString()}});
}

}  // namespace atelier::store::sqlite
