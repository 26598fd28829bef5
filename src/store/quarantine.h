#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "store/record.h"

namespace atelier::store {

/// "User", "ServiceReplica": for logs and metrics.
std::string_view NameOf(Kind kind);

/// The records that a read model cannot read: a newer version wrote them, or they are damaged. They
/// are left out of it, counted, and named in the log. Threads: one at a time.
class Quarantine {
 public:
  using Keys = std::set<std::string, std::less<>>;

  /// While there are more, further ones are counted only: a log line each could be a million.
  static constexpr std::size_t kMaxNamed = 100;

  /// nullptr: no log.
  explicit Quarantine(Logger* log = nullptr) : log_(log) {}

  void Add(const Record& record, const Error& why);
  /// The record can be read now, or is gone.
  void Remove(Kind kind, std::string_view key);
  bool Contains(Kind kind, std::string_view key) const;
  const Keys& KeysOf(Kind kind) const;
  std::size_t size() const { return size_; }

 private:
  Logger* log_;
  std::map<Kind, Keys> keys_;
  std::size_t size_ = 0;
};

}  // namespace atelier::store
