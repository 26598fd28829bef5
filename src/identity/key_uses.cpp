#include "identity/key_uses.h"

#include <algorithm>
#include <utility>
#include <vector>

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
  const auto found = noted_.find(key);
  if (found != noted_.end() && (stored == nullptr || stored->used <= found->second.used)) {
    return UseOf(key, found->second);
  }
  return stored == nullptr ? std::nullopt : std::optional(*stored);
}

Task<Status> KeyUses::WriteDown() {
  // What is noted while this waits is of the next call.
  auto noted = std::exchange(noted_, {});
  while (!noted.empty()) {
    std::vector<decltype(noted)::node_type> part;
    store::Batch batch;
    while (!noted.empty() && part.size() < kAtOnce) {
      part.push_back(noted.extract(noted.begin()));
      const std::string& key = part.back().key();
      // Who deletes the key deletes this with it, and nothing comes after.
      const model::Revision there = directory_.RevisionOf(Kind::kAccessKey, key);
      if (there == 0) continue;
      const Noted& use = part.back().mapped();
      const model::KeyUse* stored = directory_.FindKeyUse(key);
      if (stored != nullptr && stored->used >= use.used) continue;  // another server's
      batch.push_back(store::Write::Check(Kind::kAccessKey, key, there));
      batch.push_back(PutAsRead(directory_, Kind::kKeyUse, key, UseOf(key, use)));
    }
    if (batch.empty()) continue;
    auto committed = co_await store_.Commit(std::move(batch));
    if (committed) continue;
    // insert() leaves what was noted meanwhile, which is newer.
    for (auto& node : part) noted_.insert(std::move(node));
    if (committed.error().code() == Code::kAborted) continue;
    noted_.merge(noted);
    co_return std::move(committed).error();
  }
  co_return Ok();
}

}  // namespace atelier::identity
