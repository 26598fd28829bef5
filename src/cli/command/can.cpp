#include "cli/command/can.h"

#include <array>
#include <utility>

#include "cli/verb/verb.h"

namespace atelier::cli {

Task<Status> Can(CommandContext& context, CanOptions options) {
  if (options.resources.empty()) options.resources.emplace_back();
  json::array questions;
  for (const std::string& resource : options.resources)
    questions.push_back(json::object{{"Action", options.action}, {"Resource", resource}});
  const json::object body{{"Questions", std::move(questions)}};
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "CheckPermissions",
                                            .method = "POST",
                                            .path = "/atelier/v1/can",
                                            .body = json::serialize(body)}));
  static constexpr auto kColumns = std::to_array<Column>({{"ACTION", "Action"},
                                                          {"RESOURCE", "Resource"},
                                                          {"ALLOWED", "Allowed"},
                                                          {"WHY NOT", "Message"}});
  context.Print(answer, ListTable(kColumns, Array(answer, "Permissions")));
  co_return Ok();
}

}  // namespace atelier::cli
