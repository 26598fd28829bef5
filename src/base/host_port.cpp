#include "base/host_port.h"

#include <fmt/format.h>

#include "base/text.h"

namespace atelier {

Result<HostPort> ParseHostPort(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Error(Code::kInvalidArgument, fmt::format("'{}' is not host:port.", text));
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto port = ParseNumber<std::uint16_t>(text.substr(colon + 1));
  if (!port)
    return Error(Code::kInvalidArgument, fmt::format("'{}' has no port from 0 to 65535.", text));
  return HostPort{.host = std::string(host), .port = *port};
}

std::string UrlHost(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string(host) : fmt::format("[{}]", host);
}

}  // namespace atelier
