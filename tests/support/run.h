#pragma once
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/task.h"

namespace atelier::test {

/// Runs `task` to its end on `io` and returns its value. The test fails (by exception) if `io` runs
/// out of work first.
template <class T>
T Run(asio::io_context& io, Task<T> task) {
  std::optional<T> value;
  std::exception_ptr error;
  bool done = false;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T v) {
    error = std::move(e);
    value.emplace(std::move(v));
    done = true;
  });
  io.restart();
  while (!done && io.run_one() > 0) {
  }
  if (error) std::rethrow_exception(error);
  if (!value) throw std::logic_error("the io_context ran out of work before the task ended");
  return *std::move(value);
}

inline void Run(asio::io_context& io, Task<void> task) {
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
}

}  // namespace atelier::test
