#include "store/common/commit_timeout.h"

#include <algorithm>
#include <utility>

namespace atelier::store {

CommitTimeout::Resume CommitTimeout::Wait(Resume resume, Claim claim) {
  auto waiting = std::make_shared<Waiting>(Waiting{
      .resume = std::move(resume), .claim = std::move(claim), .by = clock_.Mono() + length_});
  waiting_.push_back(waiting);
  if (waiting_.size() == 1) Arm();
  return [self = shared_from_this(), waiting](Result<model::Revision> outcome) {
    if (!waiting->resume) return;  // was answered in time, and nobody waits any longer
    const Resume then = std::exchange(waiting->resume, {});
    self->Answered();
    then(std::move(outcome));
  };
}

void CommitTimeout::Answered() {
  while (!waiting_.empty() && !waiting_.front()->resume) waiting_.pop_front();
  if (waiting_.empty()) timer_.cancel();
}

void CommitTimeout::Arm() {
  timer_.expires_after(std::max(waiting_.front()->by - clock_.Mono(), MonoTime::duration::zero()));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->Expire();
  });
}

void CommitTimeout::Expire() {
  const MonoTime now = clock_.Mono();
  while (!waiting_.empty() && (!waiting_.front()->resume || waiting_.front()->by <= now)) {
    const std::shared_ptr<Waiting> first = std::move(waiting_.front());
    waiting_.pop_front();
    const Resume then = std::exchange(first->resume, {});
    if (then)
      then(slow_(first->claim->test_and_set() ? Code::kDeadlineExceeded : Code::kUnavailable));
  }
  if (!waiting_.empty()) Arm();
}

}  // namespace atelier::store
