#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "identity/signing/nonce_file.h"
#include "identity/signing/nonce_store.h"

namespace atelier::identity {

/// The nonces that were used, in memory and in their file: that of one request is good once,
/// whichever thread it comes to. Threads: any.
class UsedNonces final : public NonceFile::Heir {
 public:
  /// `file`: where they outlive the process; empty: they do not. `log`: of that file; nullptr: its
  /// troubles are told by WhyNot alone. The clock, the real one, and the log outlive this.
  UsedNonces(std::size_t limit, const std::string& file, Clock& clock, Logger* log);

  /// SignatureNonceUsed; InvalidTimeStamp.Expired: nobody knows any more.
  Status Check(const NonceUse& use) const;
  /// The same, and it is used from now on: kept before the request is acted upon, so that it stays
  /// kept if the server is killed meanwhile. Unavailable: there is no room, or the file cannot be
  /// written; Throttling.User: this key has its share.
  Status Use(const NonceUse& use, std::string_view key_id);
  /// Why none is taken, after another try; empty: they are.
  std::string WhyNot();
  std::size_t size() const;

 private:
  void Restore(const NonceUse& use) override { store_.Restore(use, Now()); }
  void Forget(std::int64_t first, std::int64_t last) override { store_.Forget(first, last); }
  NonceStore::Now Now() const { return {.wall = clock_.Wall(), .mono = clock_.Mono()}; }
  Status CheckLocked(const NonceUse& use, MonoTime now) const;

  Clock& clock_;
  const std::unique_ptr<Logger> no_log_ = MakeNullLogger();
  mutable std::mutex mutex_;  // guards what follows
  NonceStore store_;
  std::unique_ptr<NonceFile> file_;
};

}  // namespace atelier::identity
