#include "cli/command/status.h"

namespace atelier::cli {

Task<Status> ShowStatus(CommandContext& context) {
  ATELIER_CO_TRY(const json::object page, co_await context.api.Page("/readyz"));
  const std::string status = TextOf(page, "Status");
  Table table{.header = {"STATUS", "REASON"}, .rows = {{status, TextOf(page, "Reason")}}};
  context.Print(page, table);
  if (context.ForPeople()) {
    for (const json::value& warning : Array(page, "Warnings")) {
      const json::string* text = warning.if_string();
      if (text != nullptr) context.env.out << "warning: " << Printable(*text) << '\n';
    }
  }
  if (status == "ready") co_return Ok();
  co_return Error(Code::kFailedPrecondition, "The server is not ready: " + TextOf(page, "Reason"));
}

}  // namespace atelier::cli
