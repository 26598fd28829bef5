#include "processor/host/handler.h"

#include <utility>

#include "base/codec.h"

namespace atelier::processor {

namespace {

constexpr std::string_view kPing = "/api/builtin/ping";

int StatusOfRefusal(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return 400;
    case Code::kDeadlineExceeded:
      return 408;
    case Code::kResourceExhausted:
      return 413;
    default:
      return 503;
  }
}

bool MayHaveBody(int status) { return status != 204 && status != 205 && status != 304; }

}  // namespace

Task<void> Handler::Handle(http::Exchange& exchange) {
  http::Response response;
  if (exchange.head().path() == kPing) {
    (void)co_await exchange.Send(std::move(response));
    co_return;
  }
  auto body = co_await exchange.ReadBody(kMaxBody);
  if (!body) {
    (void)co_await exchange.Send(Refuse(body.error()));
    co_return;
  }
  auto answer = co_await RunOn(
      workers_, [this, input = *std::move(body)] { return library_.Process(input); });
  response.status = answer.status;
  // Only the library knows what its bytes are, and it has no way to say.
  response.headers.Add("Content-Type", "application/octet-stream");
  if (MayHaveBody(answer.status)) response.body = std::move(answer.body);
  (void)co_await exchange.Send(std::move(response));
}

http::Response Handler::Refuse(const Error& error) {
  http::Response response;
  response.status = StatusOfRefusal(error.code());
  response.headers.Add("Content-Type", "application/json");
  response.body = R"({"Message":)";
  AppendJsonString(response.body, error.message());
  response.body += '}';
  return response;
}

}  // namespace atelier::processor
