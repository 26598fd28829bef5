#include "store/postgres/writer.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "base/failpoint.h"
#include "store/postgres/errors.h"
#include "store/postgres/schema.h"

namespace atelier::store::postgres {

namespace {

constexpr Duration kConnectWithin{5'000};
constexpr Duration kFirstPause{50};
constexpr Duration kMaxPause{5'000};
constexpr Duration kHurryWithin{3'000};
constexpr int kMaxTries =
    3;  // of a group that another transaction, or the network, got in the way of
/// Revisions of a partition, as the function keep_partitions makes them, up to the end of the next:
/// the one after is made half a million before it is needed.
constexpr model::Revision kPartition = 1'000'000;

}  // namespace

Writer::Writer(const PostgresOptions& options, Taken taken, Connection connection, Place& place,
               const Clock& clock, Random& random, Logger& log, Show show,
               std::function<void(const Error&)> lost)
    : options_(options),
      clock_(clock),
      random_(random),
      log_(log),
      show_(std::move(show)),
      lost_(std::move(lost)),
      fence_(std::move(taken.fence)),
      connection_(std::move(connection)),
      place_(place),
      head_(std::move(taken.head)),
      make_partitions_at_(head_.revision / kPartition * kPartition + kPartition * 3 / 2) {}

Resolution Writer::Commit(std::vector<Ticket>& group) {
  std::vector<Batch*> admitted;
  for (Ticket& ticket : group) {
    if (!full_ || ticket.from_reserve) admitted.push_back(&ticket.batch);
  }
  const bool full = full_;
  Written written = admitted.empty() ? Written(Resolution()) : Write(admitted);
  if (!written && full_ && !full) return Commit(group);  // those that go on, by themselves
  Resolution resolution;
  std::size_t next = 0;
  for (const Ticket& ticket : group) {
    if (full && !ticket.from_reserve) {
      resolution.outcomes.emplace_back(ToError({.state = "53100", .text = {}}));
    } else if (!written) {
      resolution.outcomes.emplace_back(written.error());
    } else {
      resolution.outcomes.push_back(std::move(written->outcomes.at(next++)));
    }
  }
  if (written) {
    resolution.changes = std::move(written->changes);
    resolution.before = written->before;
  }
  return resolution;
}

Writer::Written Writer::Write(const std::vector<Batch*>& batches) {
  GroupCommit group(random_.Hex(16), batches);
  for (int tries = 1;; ++tries) {
    ATELIER_RETURN_IF_ERROR(Connect());
    if (Head shown = place_.Get(); shown.revision > head_.revision) head_ = std::move(shown);
    const model::Revision before = head_.revision;
    const std::vector<Statement> statements = group.Statements(fence_, before);
    ATELIER_FAILPOINT("store.before_commit");
    const Outcome outcome = connection_->Run(statements, options_.commit_timeout);
    ATELIER_FAILPOINT("store.after_commit");
    if (!outcome.failure && !outcome.warned)
      return Committed(group, GroupCommit::ReadAnswer(outcome));
    if (outcome.failure) NoteFailure(*outcome.failure);
    // The server answers in order: what it refused before COMMIT has not been committed. (Class 08
    // is what a pooler says when it lost the server, in the middle of its answers.)
    const bool refused = outcome.failure && !outcome.failure->state.empty() &&
                         !outcome.failure->state.starts_with("08") &&
                         outcome.failure->statement + 1 < statements.size();
    if (refused) {
      const Failure& failure = *outcome.failure;
      if (IsFenced(failure)) connection_.reset();  // the next one learns by whom
      if (IsOfTheData(failure) && batches.size() > 1) return WriteOneByOne(batches);
      const bool behind = IsBehind(failure);
      if (behind) ATELIER_RETURN_IF_ERROR(CatchUp());
      const bool again = behind || MayTryAgain(failure) || !connection_ || connection_->lost();
      if (!again || tries == kMaxTries) return ToError(failure);
      continue;
    }
    ATELIER_TRY(std::optional<Found> found, Resolve(group.id(), before));
    if (found) return Committed(group, {.found = *std::move(found), .head = {}, .of_others = {}});
    if (tries == kMaxTries) return outcome.failure ? ToError(*outcome.failure) : Unreachable();
  }
}

Writer::Written Writer::WriteOneByOne(const std::vector<Batch*>& batches) {
  Resolution all;
  for (Batch* batch : batches) {
    Written one = Write({batch});
    if (!one) {
      all.outcomes.emplace_back(one.error());
      continue;
    }
    all.outcomes.push_back(std::move(one->outcomes.at(0)));
    all.before = std::max(all.before, one->before);
    std::ranges::move(one->changes, std::back_inserter(all.changes));
  }
  return all;
}

Writer::Written Writer::Committed(GroupCommit& group, GroupCommit::Answer answer) {
  const model::Revision last = GroupCommit::LastOf(answer.found, 0);
  Resolution resolution = group.Resolve(answer.found);
  resolution.before = answer.head.revision;
  resolution.changes.insert(resolution.changes.begin(),
                            std::make_move_iterator(answer.of_others.begin()),
                            std::make_move_iterator(answer.of_others.end()));
  if (last > 0) {  // a group of refused batches proves nothing
    full_ = false;
    health_.Note(Ok());
  }
  // A group that was refused as a whole has brought home what it lost to all the same.
  Head now = last > 0 ? Head{.revision = last, .group = group.id()} : std::move(answer.head);
  if (now.revision > head_.revision) head_ = std::move(now);
  return resolution;
}

Result<std::optional<Found>> Writer::Resolve(const std::string& group, model::Revision before) {
  log_.Warn("store.outcome_unknown", {{"group", group}});
  connection_.reset();
  while (PauseBeforeTry()) {
    const Result<Attached> attached = Reconnect(group, before);
    const Status accepted = attached ? Accept(*attached) : attached.error();
    away_ = !accepted && !why_lost_;
    if (away_) continue;
    log_.Info("store.outcome_known",
              {{"group", group}, {"committed", attached && attached->pending.has_value()}});
    if (attached && attached->pending) return attached->pending;
    if (!accepted) return accepted.error();
    return std::nullopt;
  }
  return SlowDatabase(Code::kDeadlineExceeded);
}

Status Writer::Connect() {
  {
    const std::lock_guard lock(mutex_);
    if (told_ && !why_lost_) (void)Lose(*told_);
  }
  if (why_lost_) return *why_lost_;
  if (connection_ && !connection_->lost()) return Ok();
  connection_.reset();
  if (clock_.Mono() < next_try_) return Unreachable();
  const Result<Attached> attached = Reconnect("", 0);
  if (!attached) return attached.error();
  return Accept(*attached);
}

Result<Attached> Writer::Reconnect(const std::string& pending, model::Revision before) {
  pause_ = std::clamp(pause_ * 2, kFirstPause, kMaxPause);
  std::uint8_t jitter = 0;
  random_.Fill({&jitter, 1});
  next_try_ = clock_.Mono() + pause_ * (256 + jitter) / 512;
  Result<Connection> connection = Connection::Open(options_.address, clock_, kConnectWithin);
  if (!connection) {
    NoteFailure({.state = {}, .text = connection.error().message()});
    return Unreachable();
  }
  AttachResult result =
      Attach(*connection, fence_, head_, before, pending, options_.commit_timeout);
  if (result.outcome.failure) {
    NoteFailure(*result.outcome.failure);
    return ToError(*result.outcome.failure);
  }
  if (result.outcome.warned) return Unreachable();  // a standby has to have it and has not
  connection_.emplace(*std::move(connection));
  pause_ = {};
  next_try_ = {};
  return std::move(result.attached);
}

Status Writer::Accept(const Attached& attached) {
  const bool back = !attached.same || attached.head.revision < head_.revision ||
                    (attached.keeps && !attached.knows);
  // Ahead of what is known is who took the database, too: the epoch says so.
  if (!attached.epoch) return Lose(back ? WentBackError() : TakenOver());
  if (back) return Lose(WentBackError());
  if (!attached.keeps) return Lose(FellBehind());
  fence_.epoch = *attached.epoch;
  ATELIER_RETURN_IF_ERROR(CatchUp());
  health_.Note(Ok());
  return Ok();
}

Status Writer::CatchUp() {
  for (;;) {
    const Outcome looked =
        connection_->Run({LookBehind(place_.Get(), fence_)}, options_.commit_timeout);
    if (looked.failure) {
      NoteFailure(*looked.failure);
      connection_.reset();
      return ToError(*looked.failure);
    }
    Look look = ReadLook(looked.rows[0]);
    if (const Status verdict = Verdict(look); !verdict) return Lose(verdict.error());
    if (!look.changes.empty()) show_(std::move(look.changes));
    place_.Advance(look.upto);
    if (look.upto.revision > head_.revision) head_ = look.upto;
    if (look.all) return Ok();
  }
}

Error Writer::Lose(const Error& why) {
  if (!why_lost_) {
    why_lost_ = why;
    health_.Note(why);
    lost_(why);
  }
  return *why_lost_;
}

void Writer::Tell(const Error& why) {
  const std::lock_guard lock(mutex_);
  if (!told_) told_ = why;
}

bool Writer::PauseBeforeTry() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const MonoTime now = clock_.Mono();
    if (end_by_ && now >= *end_by_) return false;
    if (now >= next_try_) return true;
    const MonoTime until = end_by_ ? std::min(*end_by_, next_try_) : next_try_;
    hurry_.wait_for(lock, until - now);
  }
}

void Writer::Hurry() {
  {
    const std::lock_guard lock(mutex_);
    end_by_ = clock_.Mono() + kHurryWithin;
  }
  hurry_.notify_all();
}

std::optional<Duration> Writer::IdleAfter() const {
  if (why_lost_) return std::nullopt;
  // A connection that is lost, or a full disk, is looked after sooner.
  constexpr Duration kWhenUnwell{1'000};
  const Duration beat = fence_.lease / 5;
  return GetHealth().writable && connection_ ? beat : std::min(beat, kWhenUnwell);
}

void Writer::Idle() {
  if (why_lost_ || !Connect()) return;
  const Outcome renewed = connection_->Run(
      {{"SELECT set_config('synchronous_commit', 'on', true)"},
       {"UPDATE atelier.servers SET until = clock_timestamp() + $3 * interval '1 ms' "
        "WHERE life = $1 AND epoch = $2",
        Parameters().Text(fence_.life).Int8(fence_.epoch).Int8(fence_.lease.count())}},
      options_.commit_timeout);
  if (renewed.failure) return NoteFailure(*renewed.failure);
  if (renewed.rows[1].command() != "UPDATE 1") {
    connection_.reset();  // the next one learns by whom
    return;
  }
  full_ = false;
  health_.Note(Ok());
}

void Writer::AfterCommit() {
  place_.Advance(head_);
  if (head_.revision < make_partitions_at_ || !connection_) return;
  constexpr model::Revision kAhead = kPartition / 2;
  make_partitions_at_ = head_.revision + kPartition / 100;  // if it fails now
  std::vector<Statement> statements = UnderLock(fence_.lock);
  statements.push_back({"SELECT atelier.keep_partitions($1)", Parameters().Int8(kAhead)});
  statements.push_back({"COMMIT"});
  const Outcome made = connection_->Run(statements, kStartWithin);
  if (made.failure) return log_.Warn("store.partitions", {{"error", Explain(*made.failure)}});
  make_partitions_at_ = (head_.revision + kAhead) / kPartition * kPartition + kPartition * 3 / 2;
}

void Writer::ReleaseBlocking() {
  if (connection_ && !why_lost_) ReleaseFence(*connection_, fence_);
  connection_.reset();
}

void Writer::NoteFailure(const Failure& failure) {
  log_.Warn("store.database", {{"error", Explain(failure)}});
  if (MayTryAgain(failure) || IsOfTheData(failure) || IsFenced(failure) || IsBehind(failure))
    return;
  full_ = full_ || failure.state == "53100";
  health_.Note(ToError(failure));
}

}  // namespace atelier::store::postgres
