#include "cli/client/api_client.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "identity/request_signer.h"

namespace atelier::cli {

namespace {

constexpr Duration kCallTimeout{60'000};
constexpr std::size_t kMaxAnswerBytes = 64U << 20U;
constexpr std::size_t kNonceBytes = 16;

Error Unintelligible(std::string_view why) {
  return {Code::kUnavailable, fmt::format("The server's answer cannot be understood: {}.", why)};
}

/// A 404 may speak of the key or of the operation instead of what was asked for.
Code CodeOf(int status, std::string_view code) {
  if (status == 403) return Code::kPermissionDenied;
  const bool other = code.starts_with("InvalidAccessKeyId.") || code == "InvalidAction.NotFound";
  if (status == 404 && !other) return Code::kNotFound;
  return Code::kFailedPrecondition;
}

/// Both letter cases occur (docs/contract/errors.md section 2).
std::string TextOfEither(const json::object& body, std::string_view upper, std::string_view lower) {
  std::string text = TextOf(body, upper);
  return text.empty() ? TextOf(body, lower) : text;
}

Error RefusalOf(int status, const json::object& body) {
  std::string code = TextOfEither(body, "Code", "code");
  if (code.empty()) code = fmt::format("HTTP{}", status);
  const Code kind = CodeOf(status, code);
  // DSW says InternalError of an instance that is not there (docs/contract/errors.md section 5),
  // which people take for a fault of the server.
  const bool misleads = kind == Code::kNotFound && code == "InternalError";
  return {kind,
          fmt::format("{}{} (RequestId {})", misleads ? "" : code + ": ",
                      TextOfEither(body, "Message", "message"),
                      TextOfEither(body, "RequestId", "requestId")),
          code};
}

}  // namespace

Error ApiClient::Unreachable(const Error& why) const {
  return {Code::kUnavailable,
          fmt::format("The server at {} cannot be reached: {}", connection_.host, why.message()),
          why.reason()};
}

Task<Result<json::object>> ApiClient::Send(Call call) {
  std::erase_if(call.query, [](const auto& pair) { return pair.second.empty(); });
  const std::string nonce = env_.random.Hex(kNonceBytes);
  http::RequestHead head;
  head.method = call.method;
  head.target = call.path;
  if (!call.query.empty()) head.target += "?" + EncodeQuery(call.query);
  for (auto& [name, value] : identity::SignAcs3({.access_key_id = connection_.access_key_id,
                                                 .access_key_secret = connection_.access_key_secret,
                                                 .security_token = connection_.security_token,
                                                 .method = call.method,
                                                 .host = connection_.host,
                                                 .path = call.path,
                                                 .query = call.query,
                                                 .body = call.body,
                                                 .action = call.action,
                                                 .version = call.version,
                                                 .date = env_.clock.Wall(),
                                                 .nonce = nonce})) {
    head.headers.Add(std::move(name), std::move(value));
  }
  head.headers.Set("Accept", "application/json");
  head.headers.Set("User-Agent", "atelier-cli");
  auto response = co_await client_.Fetch(connection_.address, std::move(head), std::move(call.body),
                                         kMaxAnswerBytes, env_.clock.In(kCallTimeout));
  if (!response) co_return Unreachable(response.error());
  const auto body = ParseJson(response->body);
  if (!body || !body->is_object()) {
    co_return Unintelligible(fmt::format("status {}, not a JSON object", response->status));
  }
  if (response->status != 200) co_return RefusalOf(response->status, body->get_object());
  co_return body->get_object();
}

Task<Result<std::string>> ApiClient::Forward(std::string method, std::string path,
                                             std::string authorization, std::string body) {
  http::RequestHead head;
  head.method = std::move(method);
  head.target = std::move(path);
  head.headers.Add("Host", connection_.host);
  head.headers.Add("Authorization", std::move(authorization));
  if (!body.empty()) head.headers.Add("Content-Type", "application/json");
  auto response = co_await client_.Fetch(connection_.address, std::move(head), std::move(body),
                                         kMaxAnswerBytes, env_.clock.In(kCallTimeout));
  if (!response) co_return Unreachable(response.error());
  if (response->status < 400) co_return std::move(response->body);
  const auto refusal = ParseJson(response->body);
  const json::object refused = refusal ? AsObject(*refusal) : json::object();
  if (!TextOfEither(refused, "Code", "code").empty())
    co_return RefusalOf(response->status, refused);
  // What stands behind the server has its own way to refuse.
  constexpr std::size_t kMaxShown = 1000;
  co_return Error(Code::kFailedPrecondition,
                  fmt::format("It answered with status {}: {}", response->status,
                              response->body.substr(0, kMaxShown)));
}

Task<Result<json::object>> ApiClient::Page(std::string path) {
  http::RequestHead head;
  head.method = "GET";
  head.target = std::move(path);
  head.headers.Add("Host", connection_.host);
  auto response = co_await client_.Fetch(connection_.address, std::move(head), "", kMaxAnswerBytes,
                                         env_.clock.In(kCallTimeout));
  if (!response) co_return Unreachable(response.error());
  const auto body = ParseJson(response->body);
  if (!body || !body->is_object()) {
    co_return Unintelligible(fmt::format("status {}, not a JSON object", response->status));
  }
  co_return body->get_object();
}

std::int64_t Integer(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
  return number != nullptr ? *number : 0;
}

const json::array& Array(const json::object& object, std::string_view name) {
  static const json::array kNone;
  const json::value* value = object.if_contains(name);
  const json::array* array = value != nullptr ? value->if_array() : nullptr;
  return array != nullptr ? *array : kNone;
}

const json::object& AsObject(const json::value& value) {
  static const json::object kNone;
  const json::object* object = value.if_object();
  return object != nullptr ? *object : kNone;
}

const json::object& Object(const json::object& object, std::string_view name) {
  static const json::value kNull;
  const json::value* value = object.if_contains(name);
  return AsObject(value != nullptr ? *value : kNull);
}

}  // namespace atelier::cli
