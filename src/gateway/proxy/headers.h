#pragma once
#include <string>
#include <string_view>

#include "http/message.h"

namespace atelier::gateway {

/// Asks to leave HTTP for a WebSocket or another protocol.
bool WantsUpgrade(const http::RequestHead& head);

/// Value of a cookie; empty when absent.
std::string CookieValue(const http::Headers& headers, std::string_view name);

/// What an instance gets to see of a request: no hop-by-hop header, none of the gateway's cookies,
/// the gateway's Authorization instead of the client's, and where the request came from as the
/// gateway knows it.
http::RequestHead ForUpstream(const http::RequestHead& head, std::string target,
                              const std::string& authorization, bool secure);

/// What a client gets to see of an instance's answer. An instance cannot set the gateway's cookies.
http::ResponseHead ForClient(http::ResponseHead head);

}  // namespace atelier::gateway
