#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "identity/signing/date_ranges.h"

namespace atelier::identity {

/// A pair of key id and nonce that came with a signature of this date.
struct NonceUse {
  std::uint64_t hash = 0;      // of the pair, 64 bits of its SHA-256; never 0
  std::int64_t signed_at = 0;  // seconds since 1970
};
NonceUse UseOf(std::string_view key_id, std::string_view nonce, WallTime signed_at);

/// Remembers pairs of (key id, nonce), so that no signed request works twice
/// (docs/contract/signing.md section 2.3 step 8): each for at least 30 minutes on the monotonic
/// clock, and as long as the date it was signed with is good. That is all it takes while the wall
/// clock goes on. Against one that is set back, what is older stays for a day, as far as an eighth
/// of the bound holds it; the ten minutes of dates that it has forgotten after that are known, as
/// are the dates that a predecessor forgot, and Look tells.
///
/// Bounded: when full it refuses, it never forgets what counts. One key may take three quarters of
/// it, so that no key can shut the others out. About 12 bytes a pair with the free slots, kept by
/// the date of the signature; each ten minutes are split into shards so that no growth stalls the
/// caller. With eight million pairs the chance that a fresh one looks used is 1 in 10^12.
class NonceStore {
 public:
  struct Now {
    WallTime wall;
    MonoTime mono;
  };
  enum class Answer : std::uint8_t { kFresh, kUsed, kForgotten };

  explicit NonceStore(std::size_t limit) : limit_(limit) {}

  Answer Check(const NonceUse& use, MonoTime now) const;
  /// Drops what need not stay, where that is needed. Unavailable: full.
  /// ResourceExhausted/Throttling.User: this key has its share.
  Status MakeRoom(std::string_view key_id, Now now);
  /// Of a fresh one, after MakeRoom.
  void Insert(const NonceUse& use, std::string_view key_id, MonoTime now);
  /// What a predecessor accepted, of any key; its date is forgotten if there is no room.
  void Restore(const NonceUse& use, Now now);
  /// What a predecessor accepted of these dates, both included, is not known.
  void Forget(std::int64_t first, std::int64_t last) { forgotten_.Add(first, last); }
  std::size_t size() const { return size_; }

 private:
  /// Open addressing with linear probing; 0 marks a free slot.
  class Shard {
   public:
    bool Contains(std::uint64_t hash) const;
    void Insert(std::uint64_t hash);
    std::size_t size() const { return used_; }

   private:
    std::size_t SlotOf(std::uint64_t hash) const;
    std::vector<std::uint64_t> slots_;
    std::size_t used_ = 0;
  };
  static constexpr std::size_t kShards = 64;
  using Counts = std::map<std::string, std::size_t, std::less<>>;
  struct Contents {
    std::array<Shard, kShards> shards;
    Counts by_key;  // how many are of each key
  };
  /// What was signed in ten minutes of dates.
  struct Span {
    std::int64_t number = 0;  // the ten minutes, counted from 1970
    MonoTime last;            // when one was put in
    std::size_t size = 0;
    std::unique_ptr<Contents> contents;
  };

  Span& SpanOf(std::int64_t number);
  void DropOld(Now now, bool need_room);
  void Drop(std::size_t at);
  bool HasShare(std::string_view key_id) const;

  std::size_t limit_;
  std::size_t size_ = 0;
  std::vector<Span> spans_;  // some hundred at most, in no order
  Counts by_key_;
  DateRanges forgotten_;
};

}  // namespace atelier::identity
