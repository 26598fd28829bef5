#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace atelier::gateway {

/// The gateway's own answer to a request that no instance answers: the JSON of
/// docs/contract/errors.md section 2, or a small page for a browser. `error`'s reason is not shown.
/// All three carry `request_id`, by which the log is searched.
///   PermissionDenied 403 | FailedPrecondition 409: not running | Unavailable 502: the instance is
///   broken | DeadlineExceeded 504 | Aborted 503: starting, with Retry-After
http::Response ErrorAnswer(const http::RequestHead& head, const Error& error,
                           const std::string& request_id);

/// The `Code` of ErrorAnswer.
std::string_view CodeOf(const Error& error);

/// The gateway's own answer in so many words: JSON, whoever asks.
http::Response PlainAnswer(int status, std::string_view code, std::string_view host,
                           const std::string& message, const std::string& request_id);

/// To what never became a request (http::Handler::Refuse).
http::Response Refusal(const Error& error, const std::string& request_id);

http::Response Redirect(std::string location, const std::string& request_id);

}  // namespace atelier::gateway
