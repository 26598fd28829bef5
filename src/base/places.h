#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/optional_mutex.h"

namespace atelier {

/// A bounded number of places that strangers share: who holds them, and who has to go for a
/// newcomer when all are taken, so that nobody shuts the others out.
///
/// A source may hold all places as long as nobody else wants one: behind a proxy all have one. Once
/// all are taken, a source that holds more than its share (an eighth) gives up one of its own;
/// where there is none, the one that holds the most does, so that many sources shut others out no
/// more than one. The longest waiting goes first; what is under way is never ended. Each call costs
/// look-ups by source and by size, whatever the number of places; what is remembered is bounded by
/// it. One thread, or, of those made `shared`, any: a holder belongs to one thread at a time.
class Places {
 public:
  /// What somebody who holds a place is doing, in the order in which they have to go.
  enum class Doing : std::uint8_t {
    kNothingYet,  // has said nothing so far
    kPause,       // has been served, and has asked for nothing since
    kSlowAsk,     // what they ask for is still arriving
    kSlowTake,    // does not take the answer
    kWork,        // stays
  };
  /// After this time the slow ones are stuck and go as the idle do. Until then nobody goes who does
  /// not take the answer, and who still asks goes only for a source that holds less: behind a proxy
  /// they may be different clients.
  static constexpr Duration kPatience{2'000};

  class Holder;

 private:
  /// In the order in which they have to go.
  enum Group : std::uint8_t { kSilent, kPaused, kStuck, kAsking, kStay };
  static constexpr std::size_t kGroups = 4;  // without those that stay

  struct Source;
  using Queue = std::list<Holder*>;  // views: each enters and leaves by itself
  using BySize = std::multimap<std::size_t, Source*>;
  struct Source {
    std::size_t holds = 0;
    std::array<Queue, kGroups + 1> by_group;  // the longest at it first
    /// Where it is in by_size_: those where it has somebody, and those where it had.
    std::array<std::optional<BySize::iterator>, kGroups> ranks;
  };
  using Sources = std::map<std::string, Source, std::less<>>;

 public:
  /// One place, from its taking to its end.
  class Holder {
   public:
    /// `leave` is called when this one has to go, on the thread of the newcomer; the place is free
    /// by then. It takes and returns no place itself, and does not end the holder at once.
    Holder(Places& places, std::string_view source, std::function<void()> leave);
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder();

    void Set(Doing doing);
    Doing doing() const { return doing_; }

   private:
    friend class Places;
    bool patient() const;
    void Join(Group group);
    void Return();

    Places& places_;
    Sources::iterator source_;
    Queue::iterator in_source_;
    Queue::iterator in_slow_;
    std::function<void()> leave_;
    MonoTime since_;  // it is slow
    Doing doing_ = Doing::kWork;
    Group group_ = kStay;
    bool holds_ = true;
  };

  /// `clock` outlives it; it outlives the holders. `shared`: by several threads.
  Places(std::size_t limit, const Clock& clock, bool shared = false);
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  ~Places() = default;

  std::size_t taken() const;
  bool full() const { return taken() >= limit_; }
  /// Ends the one that has to go for a newcomer from `source`; false: nobody has to.
  bool MakeRoom(std::string_view source);

 private:
  Holder* Victim(std::string_view source);
  /// Of those with somebody in the group the one that holds the most; null: there is none.
  Source* Largest(Group group);
  void Resize(Source& source, std::size_t holds);
  /// Who has been slow for too long is stuck.
  void LosePatience();

  const Clock& clock_;
  const std::size_t limit_;
  const std::size_t share_;
  mutable OptionalMutex mutex_;  // guards the rest, and what holders have of it
  std::size_t taken_ = 0;
  Sources sources_;                      // no hash: strangers could make theirs collide
  std::array<BySize, kGroups> by_size_;  // of each group the sources; some have nobody in it now
  Queue slow_;                           // not yet stuck: the longest first
  Queue others_;
};

}  // namespace atelier
