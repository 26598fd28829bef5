#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace atelier::gateway {

/// Values of the cookies of this name, in the order of the request. A browser may send several:
/// pages of the origin can set one of any name for a longer path.
std::vector<std::string> CookieValues(const http::Headers& headers, std::string_view name);

/// Leaves what is for an instance in a request: a cookie that has a name, and in which no reader
/// finds one of the gateway's.
void DropOwnCookies(http::Headers& headers);

/// Set-Cookie headers of an answer, confined to the URLs that begin with `path`, which ends with a
/// slash: Path is below it, there is no Domain (RFC 6265bis section 5.6). Not set at all: what has
/// no name, is named or could be read as a cookie of the gateway, is no cookie to a browser, or
/// needs another path (`__Host-`). What the browser sends with one request, by `request` and the
/// answer together, stays within 16 KiB, far below what the server takes.
void ConfineCookies(http::Headers& answer, const http::RequestHead& request, std::string_view path);

}  // namespace atelier::gateway
