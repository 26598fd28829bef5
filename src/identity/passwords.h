#pragma once
#include <string>
#include <string_view>

#include "base/pool.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"

namespace atelier::identity {

/// Passwords as the store has them: argon2id (RFC 9106) in its usual text form, 19 MiB and two
/// passes, some hundredths of a second of a pool's thread. Threads: the I/O thread.
class Passwords {
 public:
  /// Both outlive this.
  Passwords(Pool& pool, Random& random) : pool_(pool), random_(random) {}

  /// InvalidArgument/InvalidPassword: shorter than 8 or longer than 128 bytes;
  /// ResourceExhausted/Throttling.User: as many are under way as may be.
  Task<Result<std::string>> Hash(std::string password);
  /// Whether it is the one of `hash`; an empty hash is nobody's and takes as long.
  /// ResourceExhausted/Throttling.User.
  Task<Result<bool>> Fits(std::string password, std::string hash);

 private:
  class Attempt;

  Pool& pool_;
  Random& random_;
  int under_way_ = 0;
};

}  // namespace atelier::identity
