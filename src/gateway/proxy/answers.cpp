#include "gateway/proxy/answers.h"

#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace atelier::gateway {

namespace {

struct Shape {
  int status;
  std::string_view code;
};

Shape ShapeOf(Code code) {
  switch (code) {
    case Code::kPermissionDenied:
      return {403, "NoPermission"};
    case Code::kFailedPrecondition:
      return {409, "InstanceNotRunning"};
    case Code::kAborted:
      return {503, "ServiceUnavailable"};
    case Code::kUnavailable:
      return {502, "BadGateway"};
    case Code::kDeadlineExceeded:
      return {504, "GatewayTimeout"};
    case Code::kInvalidArgument:
      return {400, "InvalidParameter"};
    default:
      return {500, "InternalError"};
  }
}

/// What never became a request: the same codes say something about the client here.
Shape RefusalOf(Code code) {
  switch (code) {
    case Code::kResourceExhausted:
      return {431, "InvalidParameter"};
    case Code::kDeadlineExceeded:
      return {408, "RequestTimeout"};
    case Code::kUnavailable:
      return {503, "ServiceUnavailable"};
    default:
      return {400, "InvalidParameter"};
  }
}

/// What is between two backticks is what to type.
std::string ToHtml(std::string_view text) {
  std::string out;
  bool typed = false;
  for (const char c : text) {
    switch (c) {
      case '`':
        typed = !typed;
        out += typed ? "<code>" : "</code>";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

http::Response Answer(Shape shape, std::string_view host, const std::string& message, bool page,
                      const std::string& request_id) {
  http::Response response{.status = shape.status};
  response.headers.Add("x-acs-request-id", request_id);
  response.headers.Add("Cache-Control", "no-store");
  if (page) {
    response.headers.Add("Content-Type", "text/html;charset=utf-8");
    response.body = fmt::format(
        "<!doctype html><title>{0} {1}</title><h1>{0} "
        "{1}</h1><p>{2}</p><p><small>{3}</small></p>\n",
        shape.status, shape.code, ToHtml(message), request_id);
    return response;
  }
  response.headers.Add("Content-Type", "application/json;charset=utf-8");
  response.body = boost::json::serialize(boost::json::object{
      {"RequestId", request_id}, {"HostId", host}, {"Code", shape.code}, {"Message", message}});
  return response;
}

}  // namespace

http::Response ErrorAnswer(const http::RequestHead& head, const Error& error,
                           const std::string& request_id) {
  const bool page = head.headers.Get("Accept").find("text/html") != std::string_view::npos;
  http::Response response =
      Answer(ShapeOf(error.code()), head.headers.Get("Host"), error.message(), page, request_id);
  if (error.code() == Code::kAborted) response.headers.Add("Retry-After", "5");
  return response;
}

std::string_view CodeOf(const Error& error) { return ShapeOf(error.code()).code; }

http::Response PlainAnswer(int status, std::string_view code, std::string_view host,
                           const std::string& message, const std::string& request_id) {
  return Answer({status, code}, host, message, false, request_id);
}

http::Response Refusal(const Error& error, const std::string& request_id) {
  return Answer(RefusalOf(error.code()), "", error.message(), false, request_id);
}

http::Response Redirect(std::string location, const std::string& request_id) {
  http::Response response{.status = 302};
  response.headers.Add("x-acs-request-id", request_id);
  response.headers.Add("Location", std::move(location));
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Content-Type", "application/json;charset=utf-8");
  response.body = "{}";
  return response;
}

}  // namespace atelier::gateway
