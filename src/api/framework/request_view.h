#pragma once
#include <string_view>

#include "http/message.h"
#include "identity/authenticator.h"

namespace atelier::api {

/// What the authenticator looks at. `head` and `body` outlive it.
identity::RequestView ViewOf(const http::RequestHead& head, std::string_view body);

}  // namespace atelier::api
