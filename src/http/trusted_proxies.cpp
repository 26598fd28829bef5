#include "http/trusted_proxies.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/text.h"

namespace atelier::http {

namespace {

constexpr std::string_view kForwardedFor = "X-Forwarded-For";
constexpr std::string_view kForwardedProto = "X-Forwarded-Proto";
/// Proxies in a row. Further left is only what a client can have made up.
constexpr std::size_t kMaxHops = 16;

/// Calls `each` with the items of all fields of this name, the right-most first, until it is false.
template <class Each>
void ForEachFromTheRight(const Headers& headers, std::string_view name, const Each& each) {
  const auto& entries = headers.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!EqualsIgnoreCase(entry->first, name)) continue;
    std::string_view rest = entry->second;
    while (true) {
      const std::size_t comma = rest.rfind(',');
      if (!each(Trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)))) return;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
}

/// "192.0.2.1", "192.0.2.1:443", "2001:db8::1" or "[2001:db8::1]:443", without a range.
std::optional<IpNetwork> ReadHop(std::string_view text) {
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (const std::size_t colon = text.find(':');
             colon != std::string_view::npos && colon == text.rfind(':')) {
    text = text.substr(0, colon);
  }
  return text.find('/') == std::string_view::npos ? IpNetwork::Parse(text) : std::nullopt;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::Parse(std::string_view list) {
  std::vector<IpNetwork> networks;
  for (const std::string_view item : Split(list, ',')) {
    const std::string_view text = Trim(item);
    if (text.empty()) continue;
    const auto network = IpNetwork::Parse(text);
    if (!network) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} is neither an IP address nor a range like 10.0.0.0/8.", text));
    }
    networks.push_back(*network);
  }
  return TrustedProxies(std::move(networks));
}

bool TrustedProxies::Trusts(const IpNetwork& address) const {
  return std::ranges::any_of(networks_,
                             [&](const IpNetwork& network) { return network.Contains(address); });
}

void TrustedProxies::Apply(RequestHead& head) const {
  if (networks_.empty() || head.inside) return;
  const auto peer = IpNetwork::Parse(head.source_ip);
  if (!peer || !Trusts(*peer)) return;
  IpNetwork client = *peer;
  std::size_t hops = 0;
  ForEachFromTheRight(head.headers, kForwardedFor, [&](std::string_view text) {
    const auto hop = ReadHop(text);
    if (!hop || ++hops > kMaxHops) return false;
    client = *hop;
    return Trusts(client);
  });
  const bool peer_is_here = IsLoopback(peer->AddressText());
  std::string address = client.AddressText();
  if (peer_is_here || !IsLoopback(address)) head.source_ip = std::move(address);

  bool told = false;
  bool secure = true;
  ForEachFromTheRight(head.headers, kForwardedProto, [&](std::string_view scheme) {
    told = true;
    secure = secure && EqualsIgnoreCase(scheme, "https");
    return secure;
  });
  if (told) head.tls = secure;
}

}  // namespace atelier::http
