#include "identity/key_uses.h"

#include <utility>

#include "base/codec.h"
#include "identity/service/records.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::size_t kAtOnce = 200;  // keys of one commit

}  // namespace

model::KeyUse KeyUses::UseOf(std::string_view key, const Noted& noted) {
  return {.key = std::string(key),
          .used = noted.used,
          .address = noted.address,
          .service = std::string(noted.service)};
}

void KeyUses::Note(const Caller& caller, std::string_view service) {
  if (!caller.session.empty()) return;
  const std::scoped_lock lock(mutex_);
  auto found = noted_.find(caller.access_key_id);
  if (found == noted_.end()) {
    const KeyEntry* entry = directory_.FindKey(caller.access_key_id);
    if (entry == nullptr || entry->key.expires || noted_.size() >= kMaxNoted) return;
    found = noted_.emplace(caller.access_key_id, Noted()).first;
  }
  Noted& noted = found->second;
  noted.used = clock_.Wall();
  if (noted.address != caller.source_ip) noted.address = caller.source_ip;
  noted.service = service;
}

std::optional<model::KeyUse> KeyUses::Find(std::string_view key) const {
  const model::KeyUse* stored = directory_.FindKeyUse(key);
  const std::scoped_lock lock(mutex_);
  const auto found = noted_.find(key);
  if (found != noted_.end() && (stored == nullptr || stored->used <= found->second.used)) {
    return UseOf(key, found->second);
  }
  return stored == nullptr ? std::nullopt : std::optional(*stored);
}

KeyUses::Uses KeyUses::TakeNoted() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(noted_, {});
}

void KeyUses::GiveBack(Uses uses) {
  const std::scoped_lock lock(mutex_);
  noted_.merge(uses);
}

Task<Status> KeyUses::WriteDown() {
  // What is noted while this waits is of the next call.
  Uses noted = TakeNoted();
  while (!noted.empty()) {
    Uses part;
    store::Batch batch;
    while (!noted.empty() && part.size() < kAtOnce) {
      const auto& node = *part.insert(noted.extract(noted.begin())).position;
      const std::string& key = node.first;
      const Noted& use = node.second;
      // Who deletes the key deletes this with it, and nothing comes after.
      const model::Revision there = directory_.RevisionOf(Kind::kAccessKey, key);
      if (there == 0) continue;
      const model::KeyUse* stored = directory_.FindKeyUse(key);
      if (stored != nullptr && stored->used >= use.used) continue;  // another server's
      batch.push_back(store::Write::Check(Kind::kAccessKey, key, there));
      batch.push_back(PutAsRead(directory_, Kind::kKeyUse, key, UseOf(key, use)));
    }
    if (batch.empty()) continue;
    auto committed = co_await store_.Commit(std::move(batch));
    if (committed) continue;
    GiveBack(std::move(part));
    if (committed.error().code() == Code::kAborted) continue;
    GiveBack(std::move(noted));
    co_return std::move(committed).error();
  }
  co_return Ok();
}

}  // namespace atelier::identity
