#include "runtime/simulated/door.h"

#include <string_view>
#include <utility>

namespace atelier::runtime {

namespace {

constexpr const char* kLoopback = "127.0.0.1";
constexpr Duration kLinger{1'000};  // for a page under way when the server ends

constexpr std::string_view kPage =
    "<!doctype html><html lang=\"en\"><title>Simulated instance</title>"
    "<h1>This instance is simulated</h1>"
    "<p>The server runs with <code>--runtime simulated</code>: there is no JupyterLab and no "
    "terminal here. The instance's states, metrics and events follow its "
    "<code>ATELIER_SIMULATE</code> variable (docs/emulator.md).</p></html>\n";

http::Response Text(int status, std::string_view text) {
  http::Response response{.status = status, .headers = {}, .body = std::string(text)};
  response.headers.Add("Content-Type", "text/plain;charset=utf-8");
  response.headers.Add("Cache-Control", "no-store");
  return response;
}

}  // namespace

SimulatedDoor::SimulatedDoor(asio::any_io_executor io, Clock& clock, Logger& log)
    : clock_(clock),
      server_(http::MakeServer({.address = kLoopback}, *this, std::move(io), clock, log)) {}

Status SimulatedDoor::Open() { return server_->Start(); }

Endpoint SimulatedDoor::endpoint() const {
  return {.unix_path = {}, .host = kLoopback, .port = server_->port()};
}

Task<void> SimulatedDoor::Close() { return server_->Stop(clock_.In(kLinger)); }

Task<void> SimulatedDoor::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  // Notebooks are below their ids. A model is called by any method; the gateway drops its name.
  const bool is_notebook = head.path().starts_with("/dsw-");
  http::Response response = Text(200, kPage);
  if (head.method == "GET" || head.method == "HEAD" || !is_notebook) {
    response.headers.Set("Content-Type", "text/html;charset=utf-8");
  } else {
    response = Text(405, "This instance is simulated: it has nothing to write to.\n");
    response.headers.Add("Allow", "GET, HEAD");
  }
  // A client that is gone needs no answer.
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

http::Response SimulatedDoor::Refuse(const Error& error) {
  return Text(error.code() == Code::kUnavailable ? 503 : 400, error.message() + "\n");
}

}  // namespace atelier::runtime
