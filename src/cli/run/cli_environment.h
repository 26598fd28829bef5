#pragma once
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace atelier::cli {

/// The world around one command, so that tests can give it another one.
struct CliEnvironment {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// Value of an environment variable; nullopt: not set.
  std::function<std::optional<std::string>(const char*)> environment;
  Clock& clock;
  Random& random;
  std::vector<std::string> server_options = {};  // flags of `atelier serve`, for completion
  Duration poll_every{250};    // between two looks at an instance that is waited for
  std::istream* in = nullptr;  // where somebody answers a question; nullptr: nobody does
};

/// Exit codes that scripts can use (docs/cli.md).
enum class Exit : int {
  kDone = 0,
  kRefused = 1,
  kUsage = 2,
  kUnreachable = 3,
  kNotReached = 4,
  kNotFound = 5
};

/// `arguments` without the program's name.
Exit Run(std::vector<std::string> arguments, CliEnvironment& env);

}  // namespace atelier::cli
