#pragma once
#include <optional>
#include <string>

#include "http/message.h"

namespace atelier::gateway {

/// Where a link of CreateOpenLink leads, on the origin of notebooks. No instance has this path.
inline constexpr std::string_view kOpenPath = "/_open";

/// The page there: its script takes the ticket out of the address, posts it, and goes where the
/// answer says. It shows nothing of what an instance or a user wrote, and no page can frame it.
http::Response OpenPage();

/// The ticket of a request to it. nullopt: it is none.
std::optional<std::string> TicketOf(const std::string& body);

/// The answer that tells the page where to go.
http::Response OpenAnswer(const std::string& target);

}  // namespace atelier::gateway
