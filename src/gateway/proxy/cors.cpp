#include "gateway/proxy/cors.h"

namespace atelier::gateway {

namespace {

constexpr std::string_view kAllowOrigin = "Access-Control-Allow-Origin";
constexpr std::string_view kRequestMethod = "Access-Control-Request-Method";
constexpr std::string_view kRequestHeaders = "Access-Control-Request-Headers";
/// Browsers keep an answer for no longer than two hours.
constexpr std::string_view kSeconds = "7200";

void Add(http::Headers& headers, std::string_view name, std::string_view value) {
  headers.Add(std::string(name), std::string(value));
}

}  // namespace

bool IsPreflight(const http::RequestHead& head) {
  return head.method == "OPTIONS" && head.headers.Has("Origin") &&
         head.headers.Has(kRequestMethod) && !head.headers.Has("Authorization");
}

http::Response PreflightAnswer(const http::RequestHead& head, const std::string& request_id) {
  http::Response response{.status = 204};
  http::Headers& headers = response.headers;
  Add(headers, kAllowOrigin, "*");
  Add(headers, "Access-Control-Allow-Methods", head.headers.Get(kRequestMethod));
  // Named, because "*" does not stand for Authorization.
  if (const std::string_view asked = head.headers.Get(kRequestHeaders); !asked.empty())
    Add(headers, "Access-Control-Allow-Headers", asked);
  Add(headers, "Access-Control-Max-Age", kSeconds);
  Add(headers, "Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
  Add(headers, "x-acs-request-id", request_id);
  return response;
}

void LetPagesRead(http::Headers& answer) {
  if (answer.Has(kAllowOrigin)) return;
  Add(answer, kAllowOrigin, "*");
  if (!answer.Has("Access-Control-Expose-Headers"))
    Add(answer, "Access-Control-Expose-Headers", "*");
}

}  // namespace atelier::gateway
