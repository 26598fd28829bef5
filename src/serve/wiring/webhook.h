#pragma once
#include <cstddef>
#include <deque>
#include <string>

#include "base/clock.h"
#include "base/gate.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signal.h"
#include "base/task.h"
#include "directory/directory.h"
#include "http/client.h"
#include "store/store.h"

namespace atelier::serve {

/// Where events are told (`--webhook`).
struct WebhookTarget {
  http::Address address = {};
  std::string host = {};    // as in the Host header
  std::string path = {};    // with its query
  std::string secret = {};  // signs what is sent
};

/// InvalidArgument: no such URL can be called, or the secret's file cannot be read or has not 16 to
/// 4,096 bytes.
Result<WebhookTarget> ParseWebhook(const std::string& url, const std::string& secret_file);

/// Tells somebody else's program of the events of instances, one POST each, in their order: what
/// GetInstanceEvents shows, warnings of idle rules among them, and so no secrets.
///
/// It follows the change feed and never holds anybody up. What is not taken is sent again, 5 times
/// in all within two minutes, by growing pauses; at most kMaxWaiting events wait, then the oldest
/// go, with a line in the log. Events of before this server, and those that wait when it ends, are
/// not told: who must not miss one reads GetInstanceEvents. Threads: the I/O thread.
class Webhook : public store::Listener {
 public:
  static constexpr std::size_t kMaxWaiting = 1'000;

  /// All that is given outlives it, and Stop comes before its end.
  Webhook(WebhookTarget target, const directory::InstanceDirectory& instances, http::Client& client,
          Clock& clock, Random& random, Logger& log, asio::any_io_executor io);

  void Apply(std::span<const store::Change> changes) override;
  /// Gives up what waits; what is on its way gets five seconds.
  Task<void> Stop();

  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Call {
    std::string id;
    std::string body;
  };
  void Put(const store::Record& record);
  Task<void> Run(Gate::Pass pass);
  Task<void> Deliver(Call call);
  /// Ok: taken. InvalidArgument: it was refused for good.
  Task<Status> Send(const Call& call);

  const WebhookTarget target_;
  const directory::InstanceDirectory& instances_;
  http::Client& client_;
  Clock& clock_;
  Random& random_;
  Logger& log_;
  const asio::any_io_executor io_;
  std::deque<Call> waiting_;
  std::size_t dropped_ = 0;  // since the last line about it
  bool running_ = false;
  Signal ending_;
  Gate gate_;
};

}  // namespace atelier::serve
