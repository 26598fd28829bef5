#include "control/change/client_tokens.h"

#include "base/codec.h"

namespace atelier::control {

using store::Kind;
using store::Write;

namespace {

constexpr Duration kSweepEvery = std::chrono::minutes(1);
constexpr std::size_t kSweepMost = 500;

std::string KeyOf(const ClientToken& token) { return token.caller + "/" + token.token; }

}  // namespace

bool ClientTokens::Expired(const TokenRecord& record) const {
  return clock_.Wall() - record.made >= kTokenLife;
}

Task<Result<ClientTokens::Claim>> ClientTokens::Look(ClientToken token) {
  const auto found = co_await store_.Get(Kind::kClientToken, KeyOf(token));
  if (!found) {
    if (found.error().code() == Code::kNotFound) co_return Claim{};
    co_return found.error();
  }
  ATELIER_CO_TRY(const auto record, FromRecord<TokenRecord>(found->body));
  if (Expired(record)) co_return Claim{.made = std::nullopt, .revision = found->revision};
  if (record.fingerprint != token.fingerprint) {
    co_return Error(Code::kAborted,
                    "This client token was used with another request in the last 24 hours.",
                    "ClientTokenConflict");
  }
  co_return Claim{.made = record.instance, .revision = found->revision};
}

Write ClientTokens::Redeem(const ClientToken& token, const Claim& claim,
                           const model::InstanceId& instance) const {
  const TokenRecord record{
      .fingerprint = token.fingerprint, .instance = instance, .made = clock_.Wall()};
  return Write::Put(Kind::kClientToken, KeyOf(token), ToJson(record), claim.revision);
}

Task<void> ClientTokens::Sweep() {
  if (clock_.Mono() < next_sweep_) co_return;
  next_sweep_ = clock_.Mono() + kSweepEvery;
  const auto page = co_await store_.Scan(Kind::kClientToken,
                                         {.from = sweep_from_, .to = {}, .limit = kSweepMost});
  if (!page) co_return;
  sweep_from_ = page->size() < kSweepMost ? std::string() : page->back().key + '\0';
  store::Batch batch;
  for (const store::Record& entry : *page) {
    const auto record = FromRecord<TokenRecord>(entry.body);
    if (record && Expired(*record)) {
      batch.push_back(Write::Delete(Kind::kClientToken, entry.key, entry.revision));
    }
  }
  if (batch.empty()) co_return;
  [[maybe_unused]] const auto ignored = co_await store_.Commit(std::move(batch));
}

}  // namespace atelier::control
