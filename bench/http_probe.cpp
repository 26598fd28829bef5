// Answers every GET with 3 KB from memory, on one thread: the HTTP room alone, to be compared with
// nginx serving a static file of the same size. Usage: http_probe PORT
#include <cstdio>
#include <cstdlib>
#include <string>

#include <boost/asio/io_context.hpp>

#include "http/server.h"

namespace {

using atelier::Task;
namespace http = atelier::http;

class Fixed final : public http::Handler {
 public:
  Task<void> Handle(http::Exchange& exchange) override {
    http::Response response{.status = 200, .headers = {}, .body = body_};
    response.headers.Add("Content-Type", "application/json;charset=utf-8");
    [[maybe_unused]] const auto sent = co_await exchange.Send(std::move(response));
  }
  http::Response Refuse(const atelier::Error&) override {
    return {.status = 400, .headers = {}, .body = "{}"};
  }

 private:
  std::string body_ = std::string(3072, 'x');
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  atelier::SystemClock clock;
  const auto log = atelier::MakeNullLogger();
  Fixed handler;
  boost::asio::io_context io(1);
  http::ServerOptions options;
  options.port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
  const auto server = http::MakeServer(options, handler, io.get_executor(), clock, *log);
  if (const auto started = server->Start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message().c_str());
    return 1;
  }
  io.run();
}
