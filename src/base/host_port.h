#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace atelier {

/// "host:port" with an optional bracketed IPv6 host. InvalidArgument.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
Result<HostPort> ParseHostPort(std::string_view text);

/// A host as it stands in a URL: an IPv6 address gets its brackets.
std::string UrlHost(std::string_view host);

}  // namespace atelier
