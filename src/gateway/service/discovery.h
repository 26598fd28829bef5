#pragma once
#include <string_view>

#include "http/message.h"

namespace atelier::gateway {

/// `/api/v1/servicediscovery/upstreams/<service>`, and what the Go and Java clients ask instead.
bool AsksForUpstreams(std::string_view path);

/// Where a prediction client that wants to reach a service's instances itself
/// (ENDPOINT_TYPE_DIRECT) finds them: at the gateway, as the client reached it. The same for every
/// name, because these clients ask without a token: nobody learns which services there are.
http::Response UpstreamsAnswer(const http::RequestHead& head, bool secure,
                               const std::string& request_id);

}  // namespace atelier::gateway
