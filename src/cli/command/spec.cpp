#include "cli/command/spec.h"

#include <utility>

#include <fmt/format.h>

#include "cli/client/pages.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

Task<Status> ListSpecs(CommandContext& context, std::string accelerator) {
  json::array all;
  for (const std::string_view kind : {"CPU", "GPU"}) {
    if (!accelerator.empty() && accelerator != kind) continue;
    ATELIER_CO_TRY(const json::object answer,
                   co_await WholeList(context.api,
                                      {.call = {.action = "ListEcsSpecs",
                                                .version = kDswVersion,
                                                .path = "/api/v2/ecsspecs",
                                                .query = {{"AcceleratorType", std::string(kind)}}},
                                       .list = "EcsSpecs"}));
    const json::array& specs = Array(answer, "EcsSpecs");
    all.insert(all.end(), specs.begin(), specs.end());
  }
  Table table{.header = {"TYPE", "CPUS", "MEMORY", "GPUS", "GPU"}, .rows = {}};
  for (const json::value& item : all) {
    const json::object& spec = AsObject(item);
    table.rows.push_back({TextOf(spec, "InstanceType"), Show(spec, "CPU"),
                          fmt::format("{} GiB", Show(spec, "Memory")), Show(spec, "GPU"),
                          TextOf(spec, "GPUType")});
  }
  context.Print(json::object{{"EcsSpecs", std::move(all)}}, table);
  co_return Ok();
}

}  // namespace atelier::cli
