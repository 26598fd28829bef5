#include "base/result.h"

#include <array>

#include <fmt/format.h>

namespace atelier {

std::string_view ToString(Code code) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "InvalidArgument",  "Unauthenticated",   "PermissionDenied",
      "NotFound",         "AlreadyExists",     "FailedPrecondition",
      "Aborted",          "ResourceExhausted", "Unavailable",
      "DeadlineExceeded", "Cancelled",         "Unimplemented",
      "DataLoss",         "Internal"};
  return kNames.at(static_cast<std::size_t>(code));
}

Error::Error(Code code, std::string message, std::string reason, std::source_location where)
    : rep_(std::make_shared<const Rep>(Rep{code, std::move(message), std::move(reason), where})) {}

std::string Error::ToString() const {
  std::string_view file = rep_->where.file_name();
  file.remove_prefix(file.find_last_of('/') + 1);
  return fmt::format("{}{}{}: {} ({}:{})", atelier::ToString(rep_->code),
                     rep_->reason.empty() ? "" : "/", rep_->reason, rep_->message, file,
                     rep_->where.line());
}

}  // namespace atelier
