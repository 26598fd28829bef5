#include "identity/signing/nonce_store.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/digest.h"
#include "base/encoding.h"

namespace atelier::identity {

namespace {

/// A request is good for 15 minutes on either side of its date.
constexpr std::chrono::minutes kWindow{15};
constexpr std::chrono::minutes kKeep = 2 * kWindow;
constexpr std::chrono::hours kKeepOld{24};
constexpr std::int64_t kSpanSeconds = 600;

std::int64_t NumberOf(std::int64_t seconds) {
  return seconds >= 0 ? seconds / kSpanSeconds : -1;  // nobody signs before 1970
}

/// Where the dates of a span are, seen from the dates that are good now.
enum class Era : std::uint8_t { kPast, kGood, kFuture };

Era EraOf(std::int64_t number, WallTime wall) {
  const WallTime begin{std::chrono::seconds(number * kSpanSeconds)};
  const WallTime end = begin + std::chrono::seconds(kSpanSeconds);
  if (end < wall - kWindow) return Era::kPast;
  return begin > wall + kWindow ? Era::kFuture : Era::kGood;
}

}  // namespace

NonceUse UseOf(std::string_view key_id, std::string_view nonce, WallTime signed_at) {
  const Bytes<32> digest = Sha256Of({key_id, "\n", nonce});
  NonceUse use;
  std::memcpy(&use.hash, digest.data(), sizeof use.hash);
  use.hash = std::max<std::uint64_t>(use.hash, 1);  // 0 marks a free slot
  use.signed_at =
      std::chrono::duration_cast<std::chrono::seconds>(signed_at.time_since_epoch()).count();
  return use;
}

std::size_t NonceStore::Shard::SlotOf(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (hash >> 6U) & mask;  // the low six bits chose the shard
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
  return at;
}

bool NonceStore::Shard::Contains(std::uint64_t hash) const {
  return !slots_.empty() && slots_[SlotOf(hash)] == hash;
}

void NonceStore::Shard::Insert(std::uint64_t hash) {
  if (used_ * 4 >= slots_.size() * 3) {
    std::vector<std::uint64_t> old(std::max<std::size_t>(8, slots_.size() * 2));
    old.swap(slots_);
    for (const std::uint64_t entry : old) {
      if (entry != 0) slots_[SlotOf(entry)] = entry;
    }
  }
  std::uint64_t& slot = slots_[SlotOf(hash)];
  if (slot == 0) ++used_;
  slot = hash;
}

NonceStore::Answer NonceStore::Check(const NonceUse& use, MonoTime now) const {
  const std::int64_t number = NumberOf(use.signed_at);
  const std::size_t shard = use.hash % kShards;
  for (const Span& span : spans_) {
    // Played again it has the same date; with another date a nonce is used up for half an hour.
    if ((span.number == number || now - span.last <= kKeep) &&
        span.contents->shards.at(shard).Contains(use.hash)) {
      return Answer::kUsed;
    }
  }
  return forgotten_.Contains(use.signed_at) ? Answer::kForgotten : Answer::kFresh;
}

Status NonceStore::MakeRoom(std::string_view key_id, Now now) {
  if (size_ >= limit_ || HasShare(key_id)) DropOld(now, true);
  if (size_ >= limit_) {
    return Error(
        Code::kUnavailable,
        "The server has seen too many signed requests in the last 30 minutes; try again later.",
        "ServiceUnavailable");
  }
  if (HasShare(key_id)) {
    return Error(Code::kResourceExhausted, "Request was denied due to user flow control.",
                 "Throttling.User");
  }
  // Once in ten minutes is often enough for the rest.
  const std::int64_t number = NumberOf(
      std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch()).count());
  if (std::ranges::none_of(spans_, [&](const Span& span) { return span.number == number; }))
    DropOld(now, false);
  return Ok();
}

void NonceStore::Insert(const NonceUse& use, std::string_view key_id, MonoTime now) {
  Span& span = SpanOf(NumberOf(use.signed_at));
  span.contents->shards.at(use.hash % kShards).Insert(use.hash);
  span.last = std::max(span.last, now);
  ++span.size;
  ++size_;
  for (Counts* counts : {&by_key_, &span.contents->by_key}) {
    const auto mine = counts->find(key_id);
    if (mine == counts->end())
      counts->emplace(key_id, 1);
    else
      ++mine->second;
  }
}

void NonceStore::Restore(const NonceUse& use, Now now) {
  if (size_ >= limit_) DropOld(now, true);
  const std::int64_t number = NumberOf(use.signed_at);
  Span& span = SpanOf(number);
  Shard& shard = span.contents->shards.at(use.hash % kShards);
  if (shard.Contains(use.hash)) return;
  if (size_ >= limit_) return Forget(use.signed_at, use.signed_at);
  shard.Insert(use.hash);
  // What is not good now may make room at once.
  const bool good = EraOf(number, now.wall) == Era::kGood;
  span.last = std::max(span.last, good ? now.mono : now.mono - kKeep - std::chrono::seconds(1));
  ++span.size;
  ++size_;
}

NonceStore::Span& NonceStore::SpanOf(std::int64_t number) {
  const auto found = std::ranges::find(spans_, number, &Span::number);
  if (found != spans_.end()) return *found;
  return spans_.emplace_back(Span{.number = number,
                                  .last = MonoTime::min(),
                                  .size = 0,
                                  .contents = std::make_unique<Contents>()});
}

/// A span may go once no request of it can come again: nothing was put in for as long as one is
/// good, and its dates are not good now. If the wall clock was ahead for a while, its dates will be
/// good again: those stay, and so does a day of the past, unless room is needed.
void NonceStore::DropOld(Now now, bool need_room) {
  const auto may_go = [&](const Span& span) {
    const Era era = EraOf(span.number, now.wall);
    return now.mono - span.last > kKeep &&
           (era == Era::kPast || (need_room && era == Era::kFuture));
  };
  while (true) {
    std::size_t old = 0;
    std::optional<std::size_t> oldest;
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      if (!may_go(spans_[i])) continue;
      old += spans_[i].size;
      if (!oldest || spans_[i].last < spans_[*oldest].last) oldest = i;
    }
    if (!oldest) return;
    if (!need_room && old <= limit_ / 8 && now.mono - spans_[*oldest].last <= kKeepOld) return;
    Drop(*oldest);
  }
}

void NonceStore::Drop(std::size_t at) {
  Span& span = spans_[at];
  for (const auto& [key, count] : span.contents->by_key) {
    const auto mine = by_key_.find(key);
    mine->second -= count;
    if (mine->second == 0) by_key_.erase(mine);
  }
  size_ -= span.size;
  const std::int64_t begin = span.number * kSpanSeconds;
  Forget(begin, begin + kSpanSeconds - 1);
  std::swap(span, spans_.back());
  spans_.pop_back();
}

bool NonceStore::HasShare(std::string_view key_id) const {
  const auto mine = by_key_.find(key_id);
  return mine != by_key_.end() && mine->second >= limit_ - limit_ / 4;
}

}  // namespace atelier::identity
