#include "api/framework/request_view.h"

namespace atelier::api {

identity::RequestView ViewOf(const http::RequestHead& head, std::string_view body) {
  return {.method = head.method,
          .path = head.path(),
          .query = head.query(),
          .headers = &head.headers.entries(),
          .body = body,
          .source_ip = head.source_ip,
          .tls = head.tls,
          .local = head.inside || http::IsLoopback(head.source_ip)};
}

}  // namespace atelier::api
