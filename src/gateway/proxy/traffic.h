#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/metrics.h"

namespace atelier::gateway {

/// Requests by the class of their status, and what was refused, by the code of our own answer.
class Outcomes {
 public:
  /// `status`: kGivenUpStatus where the client gave up. `refusal`: the code, of static lifetime;
  /// empty: the answer is not ours.
  void Count(int status, std::string_view refusal);

  /// `labels`: of all samples, not empty.
  void AppendRequests(std::string& out, std::string_view name, const std::string& labels) const;
  void AppendRefusals(std::string& out, std::string_view name, const std::string& labels) const;

 private:
  static constexpr std::size_t kClasses = 6;  // 1xx to 5xx, then those that were given up
  std::array<std::uint64_t, kClasses> by_class_{};
  std::map<std::string_view, std::uint64_t> refusals_;
};

/// Bytes of bodies and of WebSockets that passed.
struct Flow {
  std::uint64_t from_clients = 0;
  std::uint64_t to_clients = 0;
};

/// What passed one of the gateways since the start. One thread.
struct Traffic {
  Outcomes outcomes;
  Flow flow;
  int websockets = 0;  // open now
};

/// Counts one WebSocket for as long as it lives.
class OpenWebSocket {
 public:
  explicit OpenWebSocket(Traffic& traffic) : traffic_(traffic) { ++traffic_.websockets; }
  OpenWebSocket(const OpenWebSocket&) = delete;
  OpenWebSocket& operator=(const OpenWebSocket&) = delete;
  ~OpenWebSocket() { --traffic_.websockets; }

 private:
  Traffic& traffic_;
};

}  // namespace atelier::gateway
