#include "cli/command/warning.h"

#include <string_view>

#include "cli/command/args.h"

namespace atelier::cli {

void NoteWarnings(CommandContext& context, const json::object& answer) {
  constexpr std::string_view kEnd = ". ";
  const std::string message = TextOf(answer, "Message");
  if (const std::size_t end = message.find(kEnd); end != std::string::npos)
    context.Note("Warning: " + message.substr(end + kEnd.size()));
}

Task<void> NoteWarningsOfService(CommandContext& context, std::string region, std::string name) {
  const auto answer = co_await context.api.Send(
      {.action = "DescribeServiceEvent",
       .version = kEasVersion,
       .path = PathOf(PathOf("/api/v2/services", region), name, "/events"),
       .query = {{"EventType", "Warning"}}});
  if (!answer) co_return;
  for (const json::value& item : Array(*answer, "Events")) {
    // The others are about its instances, which a wait tells of.
    if (TextOf(AsObject(item), "Reason") == "UnknownKeys")
      context.Note("Warning: " + TextOf(AsObject(item), "Message"));
  }
}

}  // namespace atelier::cli
