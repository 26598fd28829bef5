#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "base/task.h"
#include "cli/client/credentials.h"
#include "cli/run/cli_environment.h"
#include "http/client.h"

namespace atelier::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

/// One call of the public API.
struct Call {
  std::string_view action = {};
  std::string_view version = {};
  std::string_view method = "GET";
  std::string path = "/";  // encoded
  Query query = {};        // decoded; empty values are left out
  std::string body = {};   // JSON
};

inline constexpr std::string_view kDswVersion = "2022-01-01";
inline constexpr std::string_view kEasVersion = "2021-07-01";
inline constexpr std::string_view kEasTagVersion = "2021-07-02";
inline constexpr std::string_view kAirecVersion = "2020-11-26";
inline constexpr std::string_view kWorkspaceVersion = "2021-02-04";
inline constexpr std::string_view kRamVersion = "2015-05-01";
inline constexpr std::string_view kStsVersion = "2015-04-01";

/// Signs and sends, as any other client of the API does.
class ApiClient {
 public:
  /// Everything outlives the client.
  ApiClient(http::Client& client, const Connection& connection, CliEnvironment& env)
      : client_(client), connection_(connection), env_(env) {}

  /// The answer's object. Unavailable, DeadlineExceeded: the server cannot be reached or does not
  /// answer. PermissionDenied (403), NotFound (404), FailedPrecondition (the rest): it refused; the
  /// error's reason is its Code, the message holds its Message and RequestId.
  Task<Result<json::object>> Send(Call call);
  /// A request to what the server stands before, signed by nobody: `authorization` as it is. The
  /// answer's body whatever it is; the same errors.
  Task<Result<std::string>> Forward(std::string method, std::string path, std::string authorization,
                                    std::string body);
  /// One of the server's pages for machines, which need no signature: its object, whatever the
  /// status. Unavailable, DeadlineExceeded: as Send.
  Task<Result<json::object>> Page(std::string path);
  const Connection& connection() const { return connection_; }

 private:
  Error Unreachable(const Error& why) const;

  http::Client& client_;
  const Connection& connection_;
  CliEnvironment& env_;
};

/// Members of an answer; 0 or nothing when absent or of another type. A text: TextOf (base/codec).
std::int64_t Integer(const json::object& object, std::string_view name);
const json::array& Array(const json::object& object, std::string_view name);
const json::object& Object(const json::object& object, std::string_view name);
/// Empty when `value` is no object.
const json::object& AsObject(const json::value& value);

}  // namespace atelier::cli
