#pragma once
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace atelier {

/// Canonical outcome of a failed operation, after the list most RPC systems share. Code branches on
/// this (and on Error::reason), never on the message.
enum class Code : std::uint8_t {
  kInvalidArgument,   // the request is wrong whatever the state
  kUnauthenticated,   // who is calling is not established
  kPermissionDenied,  // who is calling may not
  kNotFound,
  kAlreadyExists,
  kFailedPrecondition,  // right request, wrong state
  kAborted,             // lost a race; look again
  kResourceExhausted,   // a limit or quota
  kUnavailable,         // may pass; nothing is known to have happened
  kDeadlineExceeded,    // as kUnavailable, with time run out
  kCancelled,
  kUnimplemented,  // known to the API, not supported by this server
  kDataLoss,       // stored data cannot be read
  kInternal,
};

/// "InvalidArgument" and so on: for logs.
std::string_view ToString(Code code);

/// A failure as a value. Cheap to copy.
///
/// `reason` is a short stable token that narrows the code down ("SignatureDoesNotMatch",
/// "UnknownWorkspace"); the wire name is chosen from {code, reason} in api/errors.cpp and nowhere
/// else. `message` is one English sentence that the caller may see: no paths, no secrets, what to
/// do next.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message, std::string reason = {},
        std::source_location where = std::source_location::current());

  Code code() const { return rep_->code; }
  const std::string& message() const { return rep_->message; }
  const std::string& reason() const { return rep_->reason; }
  const std::source_location& where() const { return rep_->where; }

  /// "NotFound/UnknownInstance: Instance dsw-1 does not exist. (file.cpp:12)", for logs.
  std::string ToString() const;

 private:
  struct Rep {
    Code code;
    std::string message;
    std::string reason;
    std::source_location where;
  };
  std::shared_ptr<const Rep> rep_;  // shared: an error is copied along its way up
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  // NOLINTNEXTLINE(google-explicit-constructor): a Result is its error
  Result(Error error) : Base(tl::unexpect, std::move(error)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): map() returns Base
  Result(Base base) : Base(std::move(base)) {}
};

using Status = Result<void>;

inline Status Ok() { return {}; }

}  // namespace atelier

#define ATELIER_CONCAT_INNER(a, b) a##b
#define ATELIER_CONCAT(a, b) ATELIER_CONCAT_INNER(a, b)
#define ATELIER_TRY_INNER(tmp, ret, decl, ...)                        \
  auto tmp = (__VA_ARGS__);                                           \
  if (!tmp.has_value()) ret ::atelier::Error(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define ATELIER_CHECK_OK_INNER(tmp, ret, ...) \
  if (auto tmp = (__VA_ARGS__); !tmp.has_value()) ret ::atelier::Error(std::move(tmp).error())

/// ATELIER_TRY(auto x, Expr()); declares x from the value or returns the error.
#define ATELIER_TRY(decl, ...) \
  ATELIER_TRY_INNER(ATELIER_CONCAT(try_result_, __COUNTER__), return, decl, __VA_ARGS__)
#define ATELIER_CO_TRY(decl, ...) \
  ATELIER_TRY_INNER(ATELIER_CONCAT(try_result_, __COUNTER__), co_return, decl, __VA_ARGS__)
/// The same for a Status: returns the error, if any.
#define ATELIER_RETURN_IF_ERROR(...) \
  ATELIER_CHECK_OK_INNER(ATELIER_CONCAT(try_result_, __COUNTER__), return, __VA_ARGS__)
#define ATELIER_CO_RETURN_IF_ERROR(...) \
  ATELIER_CHECK_OK_INNER(ATELIER_CONCAT(try_result_, __COUNTER__), co_return, __VA_ARGS__)
