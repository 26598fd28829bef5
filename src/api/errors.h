#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/operation.h"
#include "base/result.h"
#include "http/message.h"
#include "identity/caller.h"
#include "identity/policy.h"

namespace atelier::api {

enum class ErrorShape : std::uint8_t {
  kGateway,  // {RequestId, HostId, Code, Message, AccessDeniedDetail?}
  kDsw,      // {RequestId, Success, Code, Message, HttpStatusCode}
  kAirec,    // {code, message, requestId, Code, Message, RequestId}
};

/// One row of the only place where a failure gets its HTTP status and its name on the wire
/// (docs/contract/errors.md section 5). The first row that fits wins.
struct ErrorRow {
  std::optional<Code> code = {};        // nullopt: any
  std::string_view reason = {};         // of Error::reason(); empty: any
  std::optional<Product> product = {};  // nullopt: any
  int http_status = 0;
  std::string_view wire_code = {};
  ErrorShape shape = ErrorShape::kGateway;
};

std::span<const ErrorRow> ErrorTable();

/// Total: every code of every product has a row.
const ErrorRow& RowFor(const Error& error, Product product);

/// Why the RAM gate refused, for AccessDeniedDetail (docs/contract/errors.md section 5.1).
struct AccessDenial {
  const identity::Caller& caller;
  const identity::Decision& decision;
  std::string_view action;
};

/// The whole answer to a failed request, with headers. Of AIRec, the gateway shape too has both
/// letter cases. `host` is echoed where the gateway shape
/// does so. What the server's own faults are made of stays in the log.
http::Response RenderError(const Error& error, Product product, std::string_view request_id,
                           std::string_view host, const AccessDenial* denial = nullptr);

/// With the headers that every JSON answer has, in the memory of `headers`.
http::Response JsonResponse(int status, std::string body, std::string_view request_id,
                            http::Headers headers = {});

}  // namespace atelier::api
