#include "serve/wiring/server_context.h"

#include <utility>

namespace atelier::serve {

ServerContext::ServerContext(ServerConfig options, std::string binary,
                             std::unique_ptr<Logger> logger)
    : config(std::move(options)),
      listen(ParseHostPort(config.listen).value()),
      program(std::move(binary)),
      log(std::move(logger)),
      watch(*log),
      random(MakeSystemRandom()) {}

void ServerContext::Join() {
  blocking.join();
  recommending.join();
}

}  // namespace atelier::serve
