#pragma once
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "base/task.h"

namespace atelier::test {

/// Runs `task` to its end on `io`. The test fails (by exception) if the task does, or if `io` runs
/// out of work first.
void Run(asio::io_context& io, Task<void> task);

template <class T>
Task<void> Keep(Task<T> task, std::optional<T>& value) {
  value.emplace(co_await std::move(task));
}

/// The same, and returns its value.
template <class T>
T Run(asio::io_context& io, Task<T> task) {
  std::optional<T> value;
  Run(io, Keep(std::move(task), value));
  return *std::move(value);
}

}  // namespace atelier::test
