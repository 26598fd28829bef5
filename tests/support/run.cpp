#include "support/run.h"

#include <exception>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>

namespace atelier::test {

void Run(asio::io_context& io, Task<void> task) {
  std::exception_ptr error;
  bool done = false;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr e) {
    error = std::move(e);
    done = true;
  });
  io.restart();
  while (!done && io.run_one() > 0) {
  }
  if (error) std::rethrow_exception(error);
  if (!done) throw std::logic_error("the io_context ran out of work before the task ended");
}

}  // namespace atelier::test
