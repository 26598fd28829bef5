#pragma once
#include <string>
#include <string_view>

#include "console/console.h"

namespace atelier::console {

/// A body of an asset, and the Content-Encoding that it has; empty: none.
struct Chosen {
  const Asset::Body* body;
  std::string_view coding;
};

/// The form that a client of this Accept-Encoding (RFC 9110 section 12.5.3) likes best, the
/// smallest of those it likes the same. Who refuses all of them gets the plain one.
Chosen Choose(const Asset& asset, std::string_view accept_encoding);

/// Whether If-None-Match (RFC 9110 section 13.1.2) names `etag`.
bool Matches(std::string_view if_none_match, std::string_view etag);

/// The media types of an Accept header without their parameters, those with a weight of 0 left out.
std::string MediaTypes(std::string_view accept);

}  // namespace atelier::console
