#include "serve/wiring/server_context.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "http/server.h"

namespace atelier::serve {

namespace {

std::size_t MostPassing(const ServerConfig& config) {
  const auto wanted = static_cast<std::size_t>(config.max_connections);
  return std::max<std::size_t>(1, http::MostConnections(wanted) * 3 / 4);
}

}  // namespace

ServerContext::ServerContext(ServerConfig options, std::string binary,
                             std::unique_ptr<Logger> logger)
    : config(std::move(options)),
      listen(ParseHostPort(config.listen).value()),
      program(std::move(binary)),
      log(std::move(logger)),
      watch(*log),
      request_threads(static_cast<std::size_t>(config.request_threads) - 1, *log),
      random(MakeSystemRandom()),
      passing(std::make_shared<Shares>(MostPassing(config))) {}

void ServerContext::Join() {
  request_threads.Join();
  blocking.join();
  recommending.join();
}

}  // namespace atelier::serve
