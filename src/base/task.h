#pragma once
#include <exception>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace atelier {

namespace asio = boost::asio;

/// A coroutine of this project. Lazy; started by co_await or Spawn. Parameters are taken by value,
/// or by reference to components that outlive the room's Gate, for its caller may be gone first.
template <class T = void>
using Task = asio::awaitable<T>;

/// The completion token everywhere: errors come back as values and become a Result in the lowest
/// layer.
inline constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// Starts `task` on `executor`. An exception that escapes it is a broken invariant: logged with
/// `name`, then abort.
void Spawn(const asio::any_io_executor& executor, std::string_view name, Task<void> task);

}  // namespace atelier
