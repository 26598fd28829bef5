#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace atelier {

/// A bounded number of places that strangers share: who holds them, and who has to go for a
/// newcomer when all are taken, so that nobody shuts the others out.
///
/// A source may hold all places as long as nobody else wants one: behind a proxy all have one. Once
/// all are taken, a source that holds more than its share (an eighth) gives up one of its own, the
/// longest waiting first. What is under way is never ended. Each call costs a look-up by source at
/// most, whatever the number of places; what is remembered is bounded by it. One thread.
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
  /// The slow ones go only if their source has too much or wants another: who does not take an
  /// answer after this time, and so who still asks if it is for one of the same source, for behind
  /// a proxy they may be different clients.
  static constexpr Duration kPatience{2'000};

  class Holder;

 private:
  using Queue = std::list<Holder*>;  // views: each enters and leaves by itself
  struct Source {
    std::size_t holds = 0;
    std::array<Queue, 5> by_doing;  // the longest at it first
  };
  using Sources = std::map<std::string, Source, std::less<>>;

 public:
  /// One place, from its taking to its end.
  class Holder {
   public:
    /// `leave` is called when this one has to go; the place is free by then. It takes and returns
    /// no place itself.
    Holder(Places& places, std::string_view source, std::function<void()> leave);
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder();

    void Set(Doing doing);
    Doing doing() const { return doing_; }

   private:
    friend class Places;
    void Return();

    Places& places_;
    Sources::iterator source_;
    Queue::iterator in_source_;
    Queue::iterator in_all_;
    std::function<void()> leave_;
    MonoTime since_;
    Doing doing_ = Doing::kWork;
    bool holds_ = true;
  };

  /// `clock` outlives it; it outlives the holders.
  Places(std::size_t limit, const Clock& clock);
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  ~Places() = default;

  std::size_t taken() const { return taken_; }
  bool full() const { return taken_ >= limit_; }
  /// Ends the one that has to go for a newcomer from `source`; false: nobody has to.
  bool MakeRoom(std::string_view source);

 private:
  Holder* Victim(std::string_view source);
  Holder* FirstOf(const Source& source, Duration patience) const;

  const Clock& clock_;
  const std::size_t limit_;
  const std::size_t share_;
  std::size_t taken_ = 0;
  Sources sources_;               // no hash: strangers could make theirs collide
  std::vector<Source*> crowds_;   // those that hold more than the share: nine at most
  std::array<Queue, 3> waiting_;  // of all sources: kNothingYet, kPause, all else
};

}  // namespace atelier
