#include "base/places.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace atelier {

namespace {

/// Of all places: what one source may hold while others wait.
constexpr std::size_t kShareDivisor = 8;

}  // namespace

Places::Holder::Holder(Places& places, std::string_view source, std::function<void()> leave)
    : places_(places), leave_(std::move(leave)) {
  const std::scoped_lock lock(places.mutex_);
  source_ = places.sources_.find(source);
  if (source_ == places.sources_.end())
    source_ = places.sources_.emplace(std::string(source), Source()).first;
  Source& mine = source_->second;
  ++places.taken_;
  places.Resize(mine, mine.holds + 1);
  in_source_ = mine.by_group.at(group_).insert(mine.by_group.at(group_).end(), this);
  in_slow_ = places.others_.insert(places.others_.end(), this);
}

Places::Holder::~Holder() {
  const std::scoped_lock lock(places_.mutex_);
  if (holds_) Return();
}

void Places::Holder::Set(Doing doing) {
  // Who sends a little now and then is as slow as before.
  if (doing == doing_) return;
  const std::scoped_lock lock(places_.mutex_);
  if (!holds_) return;
  Queue& from = patient() ? places_.slow_ : places_.others_;
  doing_ = doing;
  Join(doing == Doing::kNothingYet ? kSilent
       : doing == Doing::kPause    ? kPaused
       : doing == Doing::kSlowAsk  ? kAsking
                                   : kStay);
  Queue& to = patient() ? places_.slow_ : places_.others_;
  to.splice(to.end(), from, in_slow_);
  if (patient()) since_ = places_.clock_.Mono();
}

bool Places::Holder::patient() const {
  return group_ != kStuck && (doing_ == Doing::kSlowAsk || doing_ == Doing::kSlowTake);
}

void Places::Holder::Join(Group group) {
  Source& mine = source_->second;
  Queue& queue = mine.by_group.at(group);
  queue.splice(queue.end(), mine.by_group.at(group_), in_source_);
  group_ = group;
  if (group == kStay) return;
  std::optional<BySize::iterator>& rank = mine.ranks.at(group);
  if (!rank) rank = places_.by_size_.at(group).emplace(mine.holds, &mine);
}

void Places::Holder::Return() {
  holds_ = false;
  Source& mine = source_->second;
  mine.by_group.at(group_).erase(in_source_);
  (patient() ? places_.slow_ : places_.others_).erase(in_slow_);
  --places_.taken_;
  places_.Resize(mine, mine.holds - 1);
  if (mine.holds == 0) places_.sources_.erase(source_);
}

Places::Places(std::size_t limit, const Clock& clock, bool shared)
    : clock_(clock),
      limit_(limit),
      share_(std::max<std::size_t>(1, limit / kShareDivisor)),
      mutex_(shared) {}

std::size_t Places::taken() const {
  const std::scoped_lock lock(mutex_);
  return taken_;
}

bool Places::MakeRoom(std::string_view source) {
  const std::scoped_lock lock(mutex_);
  LosePatience();
  Holder* const victim = Victim(source);
  if (victim == nullptr) return false;
  victim->Return();
  victim->leave_();
  return true;
}

Places::Holder* Places::Victim(std::string_view source) {
  const auto found = sources_.find(source);
  Source* const own = found == sources_.end() ? nullptr : &found->second;
  const std::size_t holds = own != nullptr ? own->holds : 0;
  const bool may_take = holds < share_;  // who has their share takes nothing from others
  const auto largest = [&](Group group, std::size_t more_than) -> Holder* {
    const Source* const one = may_take ? Largest(group) : nullptr;
    return one != nullptr && one->holds > more_than ? one->by_group.at(group).front() : nullptr;
  };
  const auto of_own = [&](Group group) -> Holder* {
    return own == nullptr || own->by_group.at(group).empty() ? nullptr
                                                             : own->by_group.at(group).front();
  };
  for (const Group group : {kSilent, kPaused, kStuck, kAsking}) {
    if (Holder* const one = largest(group, share_)) return one;
  }
  for (const Group group : {kSilent, kPaused}) {
    if (Holder* const one = largest(group, holds)) return one;
    if (Holder* const one = of_own(group)) return one;
    if (Holder* const one = largest(group, 0)) return one;
  }
  if (Holder* const one = largest(kStuck, holds)) return one;
  if (Holder* const one = of_own(kStuck)) return one;
  return largest(kAsking, holds + 1);  // so that the two do not just change places
}

Places::Source* Places::Largest(Group group) {
  BySize& by_size = by_size_.at(group);
  while (!by_size.empty()) {
    // Of those of one size who has been that the longest.
    const auto at = by_size.lower_bound(by_size.rbegin()->first);
    Source* const source = at->second;
    if (!source->by_group.at(group).empty()) return source;
    by_size.erase(at);  // paid for when it was put in
    source->ranks.at(group).reset();
  }
  return nullptr;
}

void Places::Resize(Source& source, std::size_t holds) {
  source.holds = holds;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::optional<BySize::iterator>& rank = source.ranks.at(group);
    if (!rank) continue;
    by_size_.at(group).erase(*rank);
    rank.reset();
    if (!source.by_group.at(group).empty()) rank = by_size_.at(group).emplace(holds, &source);
  }
}

void Places::LosePatience() {
  while (!slow_.empty() && clock_.Mono() - slow_.front()->since_ >= kPatience) {
    Holder& holder = *slow_.front();
    others_.splice(others_.end(), slow_, holder.in_slow_);
    holder.Join(kStuck);
  }
}

}  // namespace atelier
