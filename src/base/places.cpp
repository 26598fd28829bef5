#include "base/places.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

/// Of all places: what one source may hold while others wait.
constexpr std::size_t kShareDivisor = 8;

std::size_t Index(Places::Doing doing) { return static_cast<std::size_t>(doing); }
/// Only these two go whatever their source holds.
std::size_t IndexInAll(Places::Doing doing) { return std::min<std::size_t>(Index(doing), 2); }

}  // namespace

Places::Holder::Holder(Places& places, std::string_view source, std::function<void()> leave)
    : places_(places), leave_(std::move(leave)) {
  source_ = places.sources_.find(source);
  if (source_ == places.sources_.end())
    source_ = places.sources_.emplace(std::string(source), Source()).first;
  Source& mine = source_->second;
  ++places.taken_;
  if (++mine.holds == places.share_ + 1) places.crowds_.push_back(&mine);
  Queue& queue = mine.by_doing.at(Index(doing_));
  in_source_ = queue.insert(queue.end(), this);
  Queue& all = places.waiting_.at(IndexInAll(doing_));
  in_all_ = all.insert(all.end(), this);
}

Places::Holder::~Holder() {
  if (holds_) Return();
}

void Places::Holder::Set(Doing doing) {
  if (!holds_) return;
  Source& mine = source_->second;
  Queue& queue = mine.by_doing.at(Index(doing));
  queue.splice(queue.end(), mine.by_doing.at(Index(doing_)), in_source_);
  Queue& all = places_.waiting_.at(IndexInAll(doing));
  all.splice(all.end(), places_.waiting_.at(IndexInAll(doing_)), in_all_);
  doing_ = doing;
  since_ = places_.clock_.Mono();
}

void Places::Holder::Return() {
  holds_ = false;
  Source& mine = source_->second;
  mine.by_doing.at(Index(doing_)).erase(in_source_);
  places_.waiting_.at(IndexInAll(doing_)).erase(in_all_);
  --places_.taken_;
  if (mine.holds-- == places_.share_ + 1) std::erase(places_.crowds_, &mine);
  if (mine.holds == 0) places_.sources_.erase(source_);
}

Places::Places(std::size_t limit, const Clock& clock)
    : clock_(clock), limit_(limit), share_(std::max<std::size_t>(1, limit / kShareDivisor)) {}

bool Places::MakeRoom(std::string_view source) {
  Holder* const victim = Victim(source);
  if (victim == nullptr) return false;
  victim->Return();
  victim->leave_();
  return true;
}

Places::Holder* Places::Victim(std::string_view source) {
  const auto own = sources_.find(source);
  // Who has their share takes nothing from others.
  if (own != sources_.end() && own->second.holds >= share_) return FirstOf(own->second, kPatience);
  Holder* victim = nullptr;
  for (const Source* crowd : crowds_) {
    Holder* const first = FirstOf(*crowd, Duration(0));
    if (first == nullptr) continue;
    if (victim == nullptr || first->doing() < victim->doing()) victim = first;
  }
  if (victim != nullptr) return victim;
  for (const Doing doing : {Doing::kNothingYet, Doing::kPause}) {
    const Queue& queue = waiting_.at(IndexInAll(doing));
    if (!queue.empty()) return queue.front();
  }
  return nullptr;
}

Places::Holder* Places::FirstOf(const Source& source, Duration patience) const {
  for (const Doing doing : {Doing::kNothingYet, Doing::kPause, Doing::kSlowAsk, Doing::kSlowTake}) {
    const Queue& queue = source.by_doing.at(Index(doing));
    if (queue.empty()) continue;
    const Duration wait = doing == Doing::kSlowAsk    ? patience
                          : doing == Doing::kSlowTake ? kPatience
                                                      : Duration(0);
    if (clock_.Mono() - queue.front()->since_ >= wait) return queue.front();
  }
  return nullptr;
}

}  // namespace atelier
