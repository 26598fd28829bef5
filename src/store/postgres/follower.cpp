#include "store/postgres/follower.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/thread_name.h"
#include "store/common/errors.h"
#include "store/postgres/errors.h"

namespace atelier::store::postgres {

namespace {

constexpr Duration kWithin{5'000};  // a connection, and a look; whoever reads waits less
constexpr Duration kFirstPause{50};
constexpr Duration kMaxPause{1'000};
constexpr std::size_t kMaxUnshown = 4;

/// CommitTimeout answers commits; of a read there is nothing else to know.
Error NotInTime(Code /*code*/) { return Unreachable(); }

}  // namespace

Follower::Follower(const PostgresOptions& options, Fence fence, Place& place,
                   asio::any_io_executor io, const Clock& clock, Logger& log, Show show,
                   std::function<void(const Error&)> lost)
    : options_(options),
      fence_(std::move(fence)),
      place_(place),
      io_(std::move(io)),
      clock_(clock),
      log_(log),
      show_(std::move(show)),
      lost_(std::move(lost)),
      patience_(std::make_shared<CommitTimeout>(io_, clock, options.look_timeout, NotInTime)),
      seen_all_(clock.Mono()),
      thread_([this] {
        NameThread("feed");
        Loop();
      }) {}

Follower::~Follower() {
  Close();
  JoinBlocking();
}

Task<Status> Follower::CatchUp() {
  if (away_) co_return Unreachable();
  if (asking_ >= options_.max_queue) co_return QueueFull();
  ++asking_;
  auto initiate = [this](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    auto done = patience_->Wait(
        [resume](Result<model::Revision> outcome) { std::move (*resume)(std::move(outcome)); },
        std::make_shared<std::atomic_flag>());
    Served served = [done = std::move(done)](const Status& outcome) {
      done(outcome ? Result<model::Revision>(0) : outcome.error());
    };
    bool closed = false;
    {
      const std::lock_guard lock(shared_->mutex);
      closed = closed_;
      if (!closed) asked_.push_back(served);
    }
    if (closed) return asio::post(io_, [served] { served(Stopping()); });
    shared_->wake.notify_all();
  };
  const Result<model::Revision> outcome =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<model::Revision>)>(
          initiate, asio::use_awaitable);
  --asking_;
  if (outcome) co_return Ok();
  if (outcome.error().reason() == Unreachable().reason()) away_ = true;  // others need not wait
  co_return outcome.error();
}

Duration Follower::Age() const {
  return std::chrono::duration_cast<Duration>(clock_.Mono() - seen_all_.load());
}

void Follower::Close() {
  {
    const std::lock_guard lock(shared_->mutex);
    closed_ = true;
  }
  shared_->wake.notify_all();
}

void Follower::JoinBlocking() {
  if (thread_.joinable()) thread_.join();
}

void Follower::Loop() {
  for (;;) {
    std::optional<std::vector<Served>> served = Next();
    if (!served) break;
    const Status seen = LookAtAll();
    away_ = !seen;
    pause_ = seen ? Duration(0) : std::clamp(pause_ * 2, kFirstPause, kMaxPause);
    Serve(*std::move(served), seen);
  }
  const std::lock_guard lock(shared_->mutex);
  Serve(std::exchange(asked_, {}), Stopping());
  connection_.reset();
}

std::optional<std::vector<Follower::Served>> Follower::Next() {
  std::unique_lock lock(shared_->mutex);
  // A database that does not answer is not asked more often because many ask.
  if (pause_ > Duration(0)) {
    shared_->wake.wait_for(lock, pause_, [this] { return closed_; });
  } else {
    shared_->wake.wait_for(lock, options_.look_every,
                           [this] { return closed_ || !asked_.empty(); });
  }
  if (closed_) return std::nullopt;
  return std::exchange(asked_, {});
}

Status Follower::LookAtAll() {
  for (;;) {
    const MonoTime began = clock_.Mono();
    ATELIER_TRY(Look look, LookOnce());
    if (const Status verdict = Verdict(look); !verdict) {
      log_.Error("store.feed_lost", {{"why", verdict.error().reason()}});
      lost_(verdict.error());
      Close();
      return verdict;
    }
    if (!look.changes.empty()) {
      if (!AwaitShown()) return Stopping();
      show_(std::move(look.changes), [shared = shared_] {
        const std::lock_guard lock(shared->mutex);
        --shared->unshown;
        shared->wake.notify_all();
      });
    }
    place_.Advance(look.upto);
    if (!look.all) continue;
    seen_all_ = began;
    return Ok();
  }
}

Result<Look> Follower::LookOnce() {
  if (!connection_ || connection_->lost()) {
    connection_.reset();
    Result<Connection> opened = Connection::Open(options_.address, clock_, kWithin);
    if (!opened) return Unreachable();
    connection_.emplace(*std::move(opened));
  }
  const Outcome looked = connection_->Run({LookBehind(place_.Get(), fence_)}, kWithin);
  if (!looked.failure) return ReadLook(looked.rows[0]);
  if (!away_) log_.Warn("store.feed", {{"error", Explain(*looked.failure)}});
  connection_.reset();
  return Unreachable();
}

bool Follower::AwaitShown() {
  std::unique_lock lock(shared_->mutex);
  shared_->wake.wait(lock, [this] { return closed_ || shared_->unshown < kMaxUnshown; });
  if (!closed_) ++shared_->unshown;
  return !closed_;
}

/// Behind what was shown to them.
void Follower::Serve(std::vector<Served> served, const Status& outcome) {
  if (served.empty()) return;
  show_({}, [served = std::move(served), outcome] {
    for (const Served& each : served) each(outcome);
  });
}

}  // namespace atelier::store::postgres
