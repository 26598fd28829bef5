#pragma once
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_sampler.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "directory/recent_changes.h"
#include "http/server.h"
#include "identity/authenticator.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "identity/sessions.h"

namespace atelier::api {

class BrowserGate;

/// `GET /atelier/v1/watch`: server-sent events that say "look again" at something by its kind and
/// id, and nothing of what it holds (docs/api.md, docs/decisions/0051). What a caller is told is
/// what they may list at that moment. Whoever may have missed something is told `reset`: to look
/// again at everything. A stream keeps no events, only how far it has come: who reads slowly costs
/// no more than who reads fast. Threads: the I/O thread.
class LiveFeed {
 public:
  /// All outlive this.
  struct Parts {
    directory::RecentChanges& changes;
    const identity::IdentityDirectory& identities;
    identity::Authenticator& authenticator;
    identity::Sessions& sessions;
    Clock& clock;  // of the workshop, by which keys and policies end
    Clock& real_clock;
    Random& random;
    Logger& log;
  };
  struct Options {
    std::string public_url = {};  // as of BrowserGate
    std::size_t max_streams = 2000;
    std::size_t max_per_holder = 20;  // identity::HolderOf
  };
  LiveFeed(const Parts& parts, Options options);
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;
  ~LiveFeed();

  static bool Owns(std::string_view path);

  /// Streams to the caller until they leave, are let in no more, do not read for the time that the
  /// server has for it, or Stop is called. Refused as an operation is; 429 Throttling.User: the
  /// caller has their share of the streams; 503: all are taken, or the server stops.
  Task<void> Handle(http::Exchange& exchange);

  /// Ends all streams, and lets nobody open one.
  void Stop();
  std::size_t streams() const { return streams_; }

 private:
  /// Who asks, as they are now; an error: they are let in no more.
  using Again = std::function<Result<identity::CallerPtr>()>;

  /// One place among the streams, from its taking to its end.
  class [[nodiscard]] Place {
   public:
    Place(LiveFeed& feed, std::string_view holder);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    LiveFeed& feed_;
    std::map<std::string, std::size_t, std::less<>>::iterator mine_;
  };
  /// What somebody may see. Two that may see the same have the same key.
  struct Sight {
    std::bitset<directory::kTopicCount> topics;
    std::string key;
  };
  struct Stream {
    Again again;
    identity::CallerPtr caller = nullptr;
    Sight sight = {};
    std::uint64_t identities = 0;  // their version that `sight` is of
    model::Revision cursor = 0;    // told up to this one
    bool missed = false;           // something
    bool over = false;
    MonoTime beat_at = {};
  };

  Result<Again> Admit(const http::RequestHead& head, identity::CallerPtr& caller) const;
  Status CheckRoom(std::string_view holder) const;
  /// Of strangers a sample.
  void Log(const http::RequestHead& head, const identity::Caller* caller,
           std::string_view request_id, int status, std::string_view code);
  Task<void> Serve(http::Exchange& exchange, Again again);
  Task<void> Pump(http::Exchange& exchange, Stream& stream);
  /// From where it goes on.
  static void Resume(Stream& stream, std::string_view last_event_id);
  /// Appends what the caller is to be told now to `out`.
  void Look(Stream& stream, std::string& out);
  /// What the caller may see, of what they have not been told; false: not all of it is known.
  bool Collect(const Stream& stream, std::vector<const directory::RecentChange*>& news) const;
  Status Recheck(Stream& stream) const;
  Sight SightOf(const identity::CallerPtr& caller) const;
  bool Sees(const Stream& stream, const directory::RecentChange& change) const;
  bool MayList(const identity::Caller& caller, directory::Topic topic) const;
  int RetryMs() const;

  const Parts parts_;
  const Options options_;
  const std::unique_ptr<const BrowserGate> browsers_;
  LogSampler sampler_;
  std::map<std::string, std::size_t, std::less<>> by_holder_;  // who has none is not in it
  std::size_t streams_ = 0;
  bool stopping_ = false;
};

}  // namespace atelier::api
