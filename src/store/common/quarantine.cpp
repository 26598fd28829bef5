#include "store/quarantine.h"

#include "base/codec.h"

namespace atelier::store {

std::string_view NameOf(Kind kind) {
  std::string_view name = EnumName(kind);
  if (!name.empty()) name.remove_prefix(1);
  return name;
}

void Quarantine::Add(const Record& record, const Error& why) {
  // Written again, and still unreadable: told once.
  if (!keys_[record.kind].insert(record.key).second) return;
  if (++size_ > kMaxNamed || log_ == nullptr) return;
  log_->Error("store.quarantined", {{"kind", NameOf(record.kind)},
                                    {"key", record.key},
                                    {"revision", record.revision},
                                    {"error", why.message()}});
}

void Quarantine::Remove(Kind kind, std::string_view key) {
  const auto of_kind = keys_.find(kind);
  if (of_kind == keys_.end()) return;
  const auto found = of_kind->second.find(key);
  if (found == of_kind->second.end()) return;
  of_kind->second.erase(found);
  --size_;
}

bool Quarantine::Contains(Kind kind, std::string_view key) const {
  return KeysOf(kind).contains(key);
}

const Quarantine::Keys& Quarantine::KeysOf(Kind kind) const {
  static const Keys kNone;
  const auto found = keys_.find(kind);
  return found == keys_.end() ? kNone : found->second;
}

}  // namespace atelier::store
