#include "identity/passwords.h"

#include <algorithm>
#include <argon2.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace atelier::identity {

namespace {

// The second choice of RFC 9106 is for 64 MiB; OWASP's for logins of many is this one.
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kKibibytes = 19'456;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kEncoded = 128;
constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 128;
/// The pool has other work to do, and each takes its 19 MiB.
constexpr int kMaxUnderWay = 2;

/// Of no password: checking against it takes as long.
constexpr const char* kNobodys =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

}  // namespace

class Passwords::Attempt {
 public:
  explicit Attempt(int& under_way) : under_way_(under_way), mine_(under_way < kMaxUnderWay) {
    if (mine_) ++under_way_;
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt() {
    if (mine_) --under_way_;
  }
  Status check() const {
    if (mine_) return Ok();
    return Error(Code::kResourceExhausted, "Too many passwords are being checked. Try again soon.",
                 "Throttling.User");
  }

 private:
  int& under_way_;
  const bool mine_;
};

Task<Result<std::string>> Passwords::Hash(std::string password) {
  if (password.size() < kShortest || password.size() > kLongest)
    co_return Error(Code::kInvalidArgument, "A password has 8 to 128 bytes.", "InvalidPassword");
  if (std::ranges::any_of(password, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; })) {
    co_return Error(Code::kInvalidArgument,
                    "A password has no control characters, such as the end of a line.",
                    "InvalidPassword");
  }
  const Attempt attempt(under_way_);
  ATELIER_CO_RETURN_IF_ERROR(attempt.check());
  std::array<std::uint8_t, kSaltBytes> salt{};
  random_.Fill(salt);
  co_return co_await RunOn(pool_, [password = std::move(password), salt] {
    std::array<char, kEncoded> encoded{};
    const int failed =
        argon2id_hash_encoded(kPasses, kKibibytes, kLanes, password.data(), password.size(),
                              salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (failed != ARGON2_OK)
      return Result<std::string>(Error(Code::kUnavailable, argon2_error_message(failed)));
    return Result<std::string>(std::string(encoded.data()));
  });
}

Task<Result<bool>> Passwords::Fits(std::string password, std::string hash) {
  const bool somebodys = !hash.empty() && password.size() <= kLongest;
  if (!somebodys) hash = kNobodys;
  if (password.size() > kLongest) password.clear();
  const Attempt attempt(under_way_);
  ATELIER_CO_RETURN_IF_ERROR(attempt.check());
  const int outcome =
      co_await RunOn(pool_, [password = std::move(password), hash = std::move(hash)] {
        return argon2id_verify(hash.c_str(), password.data(), password.size());
      });
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR)
    co_return Error(Code::kUnavailable, argon2_error_message(outcome));
  const bool fits = somebodys && outcome == ARGON2_OK;
  co_return fits;
}

}  // namespace atelier::identity
