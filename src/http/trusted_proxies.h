#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip_network.h"
#include "base/result.h"
#include "http/message.h"

namespace atelier::http {

/// The reverse proxies in front of the server that are believed about whom they speak for, in
/// X-Forwarded-For and X-Forwarded-Proto. From all other peers these headers mean nothing. What the
/// client asked for, its Host above all, is never taken from a header of a proxy: a signature
/// covers it. Threads: any.
class TrustedProxies {
 public:
  TrustedProxies() = default;  // none
  explicit TrustedProxies(std::vector<IpNetwork> networks) : networks_(std::move(networks)) {}
  /// Addresses and ranges like 10.0.0.0/8, separated by commas. InvalidArgument: one is neither.
  static Result<TrustedProxies> Parse(std::string_view list);

  bool empty() const { return networks_.empty(); }
  /// Puts who really asks into a head whose peer is one of them: the right-most address that is not
  /// a proxy's own, since whatever stands further left is what a client claims; and TLS, if that is
  /// what every proxy says that it was. What cannot be read ends the search: then the proxy that
  /// passed it on stands for the client. A loopback address of another host is not ours.
  void Apply(RequestHead& head) const;

 private:
  bool Trusts(const IpNetwork& address) const;

  std::vector<IpNetwork> networks_;
};

}  // namespace atelier::http
