#include "api/text.h"

namespace atelier::api {

Error Invalid(std::string message, std::source_location where) {
  return {Code::kInvalidArgument, std::move(message), {}, where};
}

Error Invalid(const Problems& problems, std::source_location where) {
  return Invalid(problems.Join(), where);
}

}  // namespace atelier::api
