#include "store/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "store/common/errors.h"

namespace atelier::store::sqlite {

namespace {

// 4,000 pages are 32 MB of log: long enough that checkpoints cost little, short enough to replay at
// once.
constexpr int kCheckpointFrames = 4000;
constexpr std::chrono::seconds kProbeEvery{1};

}  // namespace

Writer::Writer(const Folder& folder, const SqliteOptions& options, GroupWriter disk, Logger& log,
               Publish publish)
    : folder_(folder),
      options_(options),
      log_(log),
      publish_(std::move(publish)),
      disk_(std::move(disk)),
      acknowledged_(disk_->revision()),
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
  const std::lock_guard lock(mutex_);
  return health_;
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
    Result<GroupWriter::Written> written = Commit(group);
    if (written) {
      publish_(std::move(written->changes), std::move(group), std::move(written->outcomes));
    } else {
      std::vector<Result<model::Revision>> outcomes(group.size(), written.error());
      publish_({}, std::move(group), std::move(outcomes));
    }
    CheckpointIfLong();
  }
  last_();
}

std::vector<Writer::Ticket> Writer::NextGroup() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (health_.writable) {
    wake_.wait(lock, ready);
  } else {
    wake_.wait_for(lock, kProbeEvery, ready);
  }
  std::vector<Ticket> group;
  if (queue_.size() <= options_.max_group) {
    group.swap(queue_);
    return group;
  }
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(options_.max_group);
  group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return group;
}

Result<GroupWriter::Written> Writer::Commit(std::vector<Ticket>& group) {
  std::vector<Batch*> batches;
  batches.reserve(group.size());
  for (Ticket& ticket : group) batches.push_back(&ticket.batch);

  const Result<GroupWriter*> disk = Disk();
  Result<GroupWriter::Written> written = disk ? (*disk)->Commit(batches) : disk.error();
  if (!written) {
    NoteOutcome(written.error());
  } else if ((*disk)->revision() != acknowledged_) {  // a group of refused batches proves no disk
    acknowledged_ = (*disk)->revision();
    NoteOutcome(Ok());
  }
  return written;
}

Result<GroupWriter*> Writer::Disk() {
  if (folder_.FreeBytes() < options_.reserve_bytes) return DiskFull();
  if (disk_) return &*disk_;
  ATELIER_TRY(GroupWriter disk, GroupWriter::Open(folder_.database()));
  ATELIER_CHECK(
      disk.revision() == acknowledged_,
      "SQLite shows a commit only after its flush succeeded, so what failed is not visible");
  return &disk_.emplace(std::move(disk));
}

void Writer::Probe() {
  const Result<GroupWriter*> disk = Disk();
  NoteOutcome(disk ? (*disk)->Probe() : disk.error());
}

void Writer::CheckpointIfLong() {
  if (!disk_ || disk_->log_frames() < kCheckpointFrames) return;
  const Status done = disk_->Checkpoint();
  if (!done) log_.Warn("store.checkpoint_failed", {{"error", done.error().ToString()}});
}

void Writer::NoteOutcome(const Status& outcome) {
  if (!outcome) disk_.reset();  // never flush a second time on the same connection
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
