#include "base/task.h"

#include <string>

#include <boost/asio/co_spawn.hpp>

#include "base/check.h"

namespace atelier {

void Spawn(const asio::any_io_executor& executor, std::string_view name, Task<void> task) {
  asio::co_spawn(executor, std::move(task),
                 [label = std::string(name)](const std::exception_ptr& error) {
                   if (!error) return;
                   try {
                     std::rethrow_exception(error);
                   } catch (const std::exception& e) {
                     CheckFailed("no exception escapes a task", label + ": " + e.what());
                   } catch (...) {
                     CheckFailed("no exception escapes a task", label);
                   }
                 });
}

}  // namespace atelier
