#include "store/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

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

Writer::Writer(const Folder& folder, const SqliteOptions& options, GroupWriter disk,
               const Clock& clock, Logger& log, Publish publish)
    : folder_(folder),
      files_(folder.CurrentFiles()),
      options_(options),
      clock_(clock),
      log_(log),
      publish_(std::move(publish)),
      disk_(std::move(disk)),
      acknowledged_(disk_->revision()),
      reserve_kept_(folder.KeepReserve(options.reserve_bytes)),
      checkpoint_at_(kCheckpointFrames),
      thread_([this] { Loop(); }) {}

Writer::~Writer() {
  Stop([] {});
  thread_.join();
}

void Writer::Enqueue(Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(ticket));
  }
  wake_.notify_one();
}

void Writer::Stop(std::function<void()> last) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    last_ = std::move(last);
  }
  wake_.notify_one();
}

Health Writer::GetHealth() const {
  const Duration busy = BusyFor();
  if (busy > options_.commit_timeout) {
    return {.writable = false,
            .why_not = fmt::format("The disk has not taken a write for {} s.",
                                   std::chrono::duration_cast<std::chrono::seconds>(busy).count())};
  }
  const std::lock_guard lock(mutex_);
  return health_;
}

Duration Writer::BusyFor() const {
  const std::lock_guard lock(mutex_);
  if (!busy_since_) return {};
  return std::chrono::duration_cast<Duration>(clock_.Mono() - *busy_since_);
}

void Writer::Loop() {
  for (;;) {
    std::vector<Ticket> group = NextGroup();
    if (group.empty()) {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    if (group.empty()) {
      Probe();
      continue;
    }
    Settled settled = Commit(group);
    publish_(std::move(settled.changes), std::move(group), std::move(settled.outcomes));
    CheckpointIfLong();
  }
  last_();
}

std::vector<Writer::Ticket> Writer::NextGroup() {
  std::unique_lock lock(mutex_);
  busy_since_.reset();
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (health_.writable) {
    wake_.wait(lock, ready);
  } else {
    wake_.wait_for(lock, kProbeEvery, ready);
  }
  busy_since_ = clock_.Mono();
  std::vector<Ticket> group;
  auto next = queue_.begin();
  for (; next != queue_.end() && group.size() < options_.max_group; ++next) {
    const bool withdrawn = next->claim->test_and_set();
    if (!withdrawn) group.push_back(std::move(*next));
  }
  queue_.erase(queue_.begin(), next);
  return group;
}

Writer::Settled Writer::Commit(std::vector<Ticket>& group) {
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
    NoteHealth(DiskFull());
  } else if (!written) {
    NoteHealth(written.error());
  } else if (acknowledged_ != before) {  // a group of refused batches proves no disk
    NoteHealth(Ok());
    RefillReserve(free_bytes);
  }

  Settled settled;
  settled.outcomes.reserve(group.size());
  std::size_t next = 0;
  for (const Ticket& ticket : group) {
    if (full && !ticket.from_reserve) {
      settled.outcomes.emplace_back(DiskFull());
    } else if (!written) {
      settled.outcomes.emplace_back(written.error());
    } else {
      settled.outcomes.push_back(std::move(written->outcomes.at(next++)));
    }
  }
  if (written) settled.changes = std::move(written->changes);
  return settled;
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

void Writer::Probe() {
  const std::uint64_t free_bytes = folder_.FreeBytes();
  if (free_bytes < options_.reserve_bytes) return NoteHealth(DiskFull());
  const Result<GroupWriter*> disk = Disk();
  const Status proven = disk ? (*disk)->Probe() : disk.error();
  if (!proven) disk_.reset();
  NoteHealth(proven);
  if (proven) RefillReserve(free_bytes);
}

void Writer::RefillReserve(std::uint64_t free_bytes) {
  if (reserve_kept_ || free_bytes / 2 < options_.reserve_bytes) return;
  reserve_kept_ = folder_.KeepReserve(options_.reserve_bytes);
}

void Writer::CheckpointIfLong() {
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

void Writer::NoteHealth(const Status& outcome) {
  const std::lock_guard lock(mutex_);
  if (health_.writable == outcome.has_value()) return;
  if (outcome) {
    health_ = {};
    log_.Info("store.writable_again");
  } else {
    health_ = {.writable = false, .why_not = outcome.error().message()};
    log_.Error("store.not_writable", {{"error", outcome.error().ToString()}});
  }
}

}  // namespace atelier::store::sqlite
