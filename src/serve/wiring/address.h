#pragma once
#include "http/client.h"
#include "runtime/driver.h"

namespace atelier::serve {

/// A workload's door as the HTTP client sees it: never TLS, for it is on this host.
inline http::Address AddressOf(const runtime::Endpoint& door) {
  return {.unix_path = door.unix_path,
          .host = door.host,
          .port = door.port,
          .tls = false,
          .tls_ca = {}};
}

}  // namespace atelier::serve
