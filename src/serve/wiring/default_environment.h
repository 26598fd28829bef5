#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace atelier::serve {

/// What every workload gets from the operator.
struct DefaultEnvironment {
  std::map<std::string, std::string> variables;
  std::vector<std::string> files;  // of certificates that the variables name
};

/// Reads the file of --default-environment; an empty path: nothing. NotFound: it cannot be read;
/// InvalidArgument: a line or a value that cannot be used. Errors name file, line and variable,
/// never a value. Blocking.
Result<DefaultEnvironment> LoadDefaultEnvironment(const std::string& path);

/// The lines of such a file, `NAME=value`; empty ones and those that begin with # are skipped. As
/// above, without a look at the files that variables name.
Result<std::map<std::string, std::string>> ParseDefaultEnvironment(std::string_view text,
                                                                   std::string_view file);

}  // namespace atelier::serve
