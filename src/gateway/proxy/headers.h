#pragma once
#include <string>
#include <string_view>

#include "http/message.h"

namespace atelier::gateway {

/// What an instance or a service may speak for among all that share the server's origin.
struct Realm {
  std::string path;           // of its URLs, with a slash at the end
  std::string mount = {};     // begins every path that its app is asked for, and is taken off
  bool cross_origin = false;  // pages of other origins may read its answers, unless it forbids it
};

/// Asks to leave HTTP for a WebSocket: the only protocol that a client may leave it for. Any other
/// would be a tunnel past the gateway, and what asks for several is none.
bool WantsWebSocket(const http::RequestHead& head);

/// Whether this 101 is the WebSocket that `request` asked for (RFC 6455 section 4.1).
bool OpensWebSocket(const http::ResponseHead& head, const http::RequestHead& request);

/// What an instance gets to see of a request: no hop-by-hop header, none of the gateway's cookies,
/// the gateway's Authorization instead of the client's, and where the request came from as the
/// gateway knows it. What proxies tell of a client or its user is never the client's to say, nor
/// is a name of more than letters, digits and hyphens: servers read `X_Forwarded_For` as
/// `X-Forwarded-For`.
http::RequestHead ForUpstream(const http::RequestHead& head, std::string target,
                              const std::string& authorization, bool secure);

/// What a client gets to see of an instance's answer to `request`: nothing that a browser, or a
/// proxy in front of the server, applies beyond `realm`, to which redirects lead back (location.h).
/// `head`: not a 101, or one that OpensWebSocket.
http::ResponseHead ForClient(http::ResponseHead head, const http::RequestHead& request,
                             const Realm& realm);

}  // namespace atelier::gateway
