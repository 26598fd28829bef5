#pragma once
#include <string_view>

#include "http/message.h"

namespace atelier::gateway {

/// Leaves what is for an instance in a request: a cookie that has a name, and in which no reader
/// finds one of this server's own.
void DropOwnCookies(http::Headers& headers);

/// Set-Cookie headers of an answer, confined to the URLs that begin with `path`, which ends with a
/// slash: Path is below it, there is no Domain (RFC 6265bis section 5.6). Not set at all: what has
/// no name, is named or could be read as a cookie of this server, is no cookie to a browser, or
/// needs another path (`__Host-`). What the browser sends with one request, by `request` and the
/// answer together, stays within 16 KiB, far below what the server takes.
void ConfineCookies(http::Headers& answer, const http::RequestHead& request, std::string_view path);

}  // namespace atelier::gateway
