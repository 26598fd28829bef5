#pragma once
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/task.h"
#include "base/text_hash.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "model/key_use.h"
#include "store/store.h"

namespace atelier::identity {

/// The last use of each permanent access key, so that one can see which are in use, and from where.
/// Noted in memory beside each request, and written down for all keys together now and then: so it
/// costs a request a look-up, and the store one small record for each key that is used, as often as
/// WriteDown is called. What was noted since is lost when the process dies. Threads: those that may
/// read the directory; WriteDown the I/O thread.
class KeyUses {
 public:
  /// Keys of which uses are remembered between two calls of WriteDown; of further ones they are
  /// not.
  static constexpr std::size_t kMaxNoted = 20'000;

  /// Everything outlives this. `clock`: the workshop's.
  KeyUses(store::Store& store, const IdentityDirectory& directory, Clock& clock)
      : store_(store), directory_(directory), clock_(clock) {}

  /// Of a request that was let in. Temporary keys and browsers leave none: their sessions tell.
  /// `service`: of a constant.
  void Note(const Caller& caller, std::string_view service);

  /// nullopt: it was never used, as far as is known.
  std::optional<model::KeyUse> Find(std::string_view key) const;

  /// Writes down what was noted, of keys that are still there. What does not get through is tried
  /// again by the next call. Errors: those of Store::Commit but Aborted.
  Task<Status> WriteDown();

 private:
  struct Noted {
    WallTime used;
    std::string address;
    std::string_view service;
  };
  static model::KeyUse UseOf(std::string_view key, const Noted& noted);

  using Uses = std::unordered_map<std::string, Noted, TextHash, std::equal_to<>>;
  Uses TakeNoted();
  /// What did not get through. What was noted meanwhile is newer, and stays.
  void GiveBack(Uses uses);

  store::Store& store_;
  const IdentityDirectory& directory_;
  Clock& clock_;
  mutable std::mutex mutex_;  // guards noted_
  Uses noted_;
};

}  // namespace atelier::identity
