#pragma once
#include "gateway/proxy/headers.h"
#include "http/message.h"

namespace atelier::gateway {

/// Leads the Location and Content-Location of an answer back below `realm.mount` where they mean a
/// path of an app that does not know where it is mounted: one that is not within the realm, alone
/// or in a URL of the host that `request` names, or one relative to "/" where a client asked for
/// the bare mount. Other hosts are left alone. The result is a path, so that scheme and host stay
/// those by which the client came.
void LeadBack(http::Headers& answer, const http::RequestHead& request, const Realm& realm);

}  // namespace atelier::gateway
