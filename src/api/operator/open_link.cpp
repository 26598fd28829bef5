// The way from the console to a notebook: a link that opens it in one browser, once
// (docs/security.md). GetToken makes links for many; this one's secret is in no log and no Referer.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/session.h"
#include "base/clock.h"
#include "base/text.h"
#include "directory/directory.h"
#include "http/origin.h"
#include "identity/delegation.h"
#include "identity/sessions.h"
#include "identity/tickets.h"

namespace atelier::api {

namespace {

constexpr auto kOfInstance = std::to_array<Param>(
    {{.name = "InstanceId", .in_path = true, .required = true, .max = kMaxInstanceId}});
constexpr std::size_t kMaxPath = 1024;

/// Below the instance's own path, whatever a browser makes of it.
Status CheckPath(std::string_view path) {
  const std::string_view plain = path.substr(0, path.find_first_of("?#"));
  const bool good =
      path.size() <= kMaxPath && !path.starts_with('/') &&
      std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; }) &&
      std::ranges::none_of(Split(plain, '/'), [](std::string_view piece) {
        return piece == "." || piece == ".." || ContainsIgnoreCase(piece, "%2e");
      });
  if (good) return Ok();
  return Error(Code::kInvalidArgument,
               "Path is a path below the instance, such as lab/tree/work: no leading slash, no dot "
               "segments, and nothing that a URL has in another form.");
}

/// Where the page is that takes a ticket. `name`: where browsers alone resolve the name; else where
/// every client finds it.
std::string DoorOf(const Context& context, const model::InstanceId& id, bool name) {
  const std::string base = http::AtLabel(context.apps_base(), id.str());
  const auto origin = http::ParseOrigin(base);
  // Browsers know that *.localhost is their own host: so each instance has an origin of its own.
  if (name && origin && origin->scheme == "http" && context.options.apps_port() != 0 &&
      context.options.apps_url.empty() && http::IsLoopbackName(origin->host)) {
    return fmt::format("http://{}.localhost:{}/_open", id.str(), origin->port);
  }
  return base.empty() ? "" : base + "/_open";
}

Answered<wire::CreateOpenLinkAnswer> CreateOpenLink(Context& context, Args<kOfInstance> args) {
  const identity::Caller& caller = context.caller;
  ATELIER_CO_TRY(
      const directory::InstancePtr instance,
      FindInstanceToPassOn(context, context.access, model::InstanceId(args.Text("InstanceId"))));
  const model::InstanceId id = instance->id;
  wire::CreateOpenLinkRequest request;
  if (!context.body.empty()) {
    ATELIER_CO_TRY(request, FromJson<wire::CreateOpenLinkRequest>(context.body));
  }
  const std::string path = request.Path.value_or("lab/");
  ATELIER_CO_RETURN_IF_ERROR(CheckPath(path));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.sessions.Note(context.actor(), "instance/" + id.str()));
  const identity::Tickets::Ticket ticket =
      context.services.openings.Make({.user = caller.user,
                                      .key = caller.access_key_id,
                                      .session = caller.session,
                                      .instance = id,
                                      .target = fmt::format("/{}/{}", id.str(), path)});
  // Behind the '#': browsers send that part to nobody, so it is in no log and no Referer.
  const auto link = [&](const std::string& door) {
    return door.empty() ? "" : door + "#ticket=" + ticket.text;
  };
  co_return Answer(context, wire::CreateOpenLinkAnswer{.Url = link(DoorOf(context, id, true)),
                                                       .PortUrl = link(DoorOf(context, id, false)),
                                                       .ExpiresAt = FormatSeconds(ticket.expires)});
}

}  // namespace

std::span<const Operation> OpenLinkOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<CreateOpenLink>(kAtelierApi, "CreateOpenLink", "POST",
                          "/atelier/v1/instances/{InstanceId}/open-links",
                          "Makes a link that opens an instance in one browser, once, within a "
                          "minute.",
                          BodySchema<wire::CreateOpenLinkRequest>)
          .BodyOptional()
          .EnforcesRam()
          .Passes(&PassOnInstance, identity::Access::kOpen)
          .Also("paidsw:GetToken"),
  });
  return kRows;
}

}  // namespace atelier::api
