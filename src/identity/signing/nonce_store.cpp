#include "identity/signing/nonce_store.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "identity/crypto/digest.h"

namespace atelier::identity {

namespace {

// A pair lives until the slot of its period comes round again: 30 to 40 minutes.
constexpr std::chrono::minutes kPeriod{10};

std::uint64_t HashOf(std::string_view key_id, std::string_view nonce) {
  std::string text;
  text.reserve(key_id.size() + 1 + nonce.size());
  text.append(key_id).append(1, '\n').append(nonce);
  const Bytes<32> digest = Sha256(text);
  std::uint64_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return std::max<std::uint64_t>(hash, 1);  // 0 marks a free slot
}

}  // namespace

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
    std::vector<std::uint64_t> old(std::max<std::size_t>(64, slots_.size() * 2));
    old.swap(slots_);
    for (const std::uint64_t entry : old) {
      if (entry != 0) slots_[SlotOf(entry)] = entry;
    }
  }
  slots_[SlotOf(hash)] = hash;
  ++used_;
}

void NonceStore::Shard::Clear() {
  slots_ = {};
  used_ = 0;
}

void NonceStore::DropOld(std::int64_t period) {
  const std::int64_t passed =
      std::min<std::int64_t>(period - period_, static_cast<std::int64_t>(kGenerations));
  for (std::int64_t i = 1; i <= passed; ++i) {
    const std::int64_t stale = period - passed + i;
    Generation& generation = generations_.at(static_cast<std::size_t>(stale) % kGenerations);
    for (Shard& shard : generation.shards) {
      size_ -= shard.size();
      shard.Clear();
    }
    generation.by_key.clear();
  }
  period_ = std::max(period_, period);
}

std::size_t NonceStore::CountOf(std::string_view key_id) const {
  std::size_t count = 0;
  for (const Generation& generation : generations_) {
    const auto mine = generation.by_key.find(key_id);
    if (mine != generation.by_key.end()) count += mine->second;
  }
  return count;
}

Result<bool> NonceStore::Insert(std::string_view key_id, std::string_view nonce, MonoTime now) {
  DropOld(now.time_since_epoch() / kPeriod);
  const std::uint64_t hash = HashOf(key_id, nonce);
  const std::size_t shard = hash % kShards;
  for (const Generation& generation : generations_) {
    if (generation.shards.at(shard).Contains(hash)) return false;
  }
  if (size_ >= limit_) {
    return Error(
        Code::kUnavailable,
        "The server has seen too many signed requests in the last 30 minutes; try again later.",
        "ServiceUnavailable");
  }
  if (CountOf(key_id) >= limit_ - limit_ / 4) {
    return Error(Code::kResourceExhausted, "Request was denied due to user flow control.",
                 "Throttling.User");
  }
  Generation& present = generations_.at(static_cast<std::size_t>(period_) % kGenerations);
  present.shards.at(shard).Insert(hash);
  const auto mine = present.by_key.find(key_id);
  if (mine == present.by_key.end())
    present.by_key.emplace(key_id, 1);
  else
    ++mine->second;
  ++size_;
  return true;
}

}  // namespace atelier::identity
