#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace atelier::identity {

/// Remembers pairs of (key id, nonce) for at least 30 minutes, so that no signed request works
/// twice (contract/signing.md section 2.3 step 8). Bounded: when full it refuses, it never forgets.
/// One key may take three quarters of it, so that no key can shut the others out.
///
/// Holds 64 bits of SHA-256 of each pair, about 12 bytes with the free slots, in four generations
/// of ten minutes that are dropped whole; each is split into shards so that no growth stalls the
/// caller. With eight million pairs the chance that a fresh one looks used is 1 in 10^12.
class NonceStore {
 public:
  explicit NonceStore(std::size_t limit) : limit_(limit) {}

  /// False: seen already. Unavailable: full. ResourceExhausted/Throttling.User: this key has its
  /// share.
  Result<bool> Insert(std::string_view key_id, std::string_view nonce, MonoTime now);
  std::size_t size() const { return size_; }

 private:
  /// Open addressing with linear probing; 0 marks a free slot.
  class Shard {
   public:
    bool Contains(std::uint64_t hash) const;
    void Insert(std::uint64_t hash);
    std::size_t size() const { return used_; }
    void Clear();

   private:
    std::size_t SlotOf(std::uint64_t hash) const;
    std::vector<std::uint64_t> slots_;
    std::size_t used_ = 0;
  };
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kGenerations = 4;
  struct Generation {
    std::array<Shard, kShards> shards;
    std::map<std::string, std::size_t, std::less<>> by_key;  // how many are of each key
  };

  void DropOld(std::int64_t period);
  std::size_t CountOf(std::string_view key_id) const;

  std::size_t limit_;
  std::size_t size_ = 0;
  std::int64_t period_ = 0;  // ten-minute period that the current generation is of
  std::array<Generation, kGenerations> generations_;
};

}  // namespace atelier::identity
