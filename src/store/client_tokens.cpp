#include "store/client_tokens.h"

#include <algorithm>
#include <utility>

#include "base/codec.h"
#include "base/moment.h"
#include "store/retention.h"

namespace atelier::store {

namespace {

constexpr std::size_t kMaxClientToken = 64;
constexpr Duration kSweepEvery = std::chrono::minutes(1);
constexpr std::size_t kSweepMost = 500;

std::string KeyOf(const ClientToken& token) { return token.caller + "/" + token.token; }

}  // namespace

Task<Result<bool>> ClientTokens::Expired(TokenRecord record) const {
  const Moment made{.wall = record.made, .mono_ms = record.mono_ms, .boot = record.boot};
  if (const auto age = Between(made, MomentOf(clock_))) co_return *age >= kTokenLife;
  ATELIER_CO_TRY(const WallTime now, co_await RetentionTime(store_, clock_));
  co_return now - record.made >= kTokenLife;
}

Task<Result<ClientTokens::Claim>> ClientTokens::LookUp(ClientToken token) {
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
  if (token.token.empty() || token.token.size() > kMaxClientToken ||
      !std::ranges::all_of(token.token, printable)) {
    co_return Error(Code::kInvalidArgument,
                    "ClientToken must be 1 to 64 printable ASCII characters without blanks.");
  }
  const auto found = co_await store_.Get(Kind::kClientToken, KeyOf(token));
  if (!found) {
    if (found.error().code() == Code::kNotFound) co_return Claim{};
    co_return found.error();
  }
  ATELIER_CO_TRY(const auto record, FromRecord<TokenRecord>(found->body));
  ATELIER_CO_TRY(const bool expired, co_await Expired(record));
  if (expired) co_return Claim{.made = std::nullopt, .revision = found->revision};
  if (record.fingerprint != token.fingerprint) {
    co_return Error(Code::kAborted,
                    "This client token was used with another request in the last 24 hours.",
                    "ClientTokenConflict");
  }
  co_return Claim{.made = record.instance, .revision = found->revision};
}

Write ClientTokens::Redeem(const ClientToken& token, const Claim& claim, std::string made) const {
  const Moment now = MomentOf(clock_);
  const TokenRecord record{.fingerprint = token.fingerprint,
                           .instance = std::move(made),
                           .made = now.wall,
                           .boot = now.boot,
                           .mono_ms = now.mono_ms};
  return Write::Put(Kind::kClientToken, KeyOf(token), ToJson(record), claim.revision);
}

Task<void> ClientTokens::Sweep() {
  if (clock_.Mono() < next_sweep_) co_return;
  next_sweep_ = clock_.Mono() + kSweepEvery;
  const auto page = co_await store_.Scan(Kind::kClientToken,
                                         {.from = sweep_from_, .to = {}, .limit = kSweepMost});
  if (!page) co_return;
  sweep_from_ = page->size() < kSweepMost ? std::string() : page->back().key + '\0';
  Batch batch;
  for (const Record& entry : *page) {
    const auto record = FromRecord<TokenRecord>(entry.body);
    if (!record) continue;
    const auto expired = co_await Expired(*record);
    if (expired && *expired) {
      batch.push_back(Write::Delete(Kind::kClientToken, entry.key, entry.revision));
    }
  }
  if (batch.empty()) co_return;
  [[maybe_unused]] const auto ignored = co_await store_.Commit(std::move(batch));
}

}  // namespace atelier::store
