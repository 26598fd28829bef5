#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace atelier::api {

/// How often somebody may try who must not find out by trying: ten times, then after waits that
/// double, from a second to a quarter of an hour. A try counts from its beginning, so many at once
/// are many. Threads: one.
class GrowingWait {
 public:
  /// The real clock.
  explicit GrowingWait(const Clock& clock) : clock_(clock) {}
  /// False: it must wait.
  bool Begin(std::string_view key);
  /// The count begins anew.
  void Forget(std::string_view key) { tries_.erase(std::string(key)); }
  /// The last one does not count after all.
  void GiveBack(std::string_view key);

 private:
  static constexpr std::size_t kMaxKeys = 10'000;
  struct Tries {
    int count = 0;
    MonoTime next = {};    // may begin
    MonoTime forget = {};  // all of it
  };

  const Clock& clock_;
  /// No hash: strangers could make theirs collide.
  std::map<std::string, Tries, std::less<>> tries_;
};

}  // namespace atelier::api
