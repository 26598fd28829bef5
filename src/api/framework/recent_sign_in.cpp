#include "api/framework/recent_sign_in.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "identity/identity_directory.h"

namespace atelier::api {

Status CheckSignedInLately(const Services& services, const Operation& operation,
                           const identity::Caller& caller) {
  constexpr std::chrono::minutes kLately{15};
  constexpr auto kGrave = std::to_array<std::string_view>(
      {"CreateSignInLink", "SetUserPassword", "DeleteUserPassword"});
  const bool grave =
      operation.mutates && (operation.product == Product::kRam ||
                            std::ranges::find(kGrave, operation.name) != kGrave.end());
  if (!grave || caller.type != identity::PrincipalType::kRoot || caller.session.empty())
    return Ok();
  const model::Session* session = services.identities.FindSession(caller.session);
  if (session != nullptr && services.clock.Wall() < session->made + kLately) return Ok();
  return Error(Code::kPermissionDenied,
               "This change needs a sign-in of the last 15 minutes. Open a new link of `atelier "
               "console` in this browser, then try again.",
               "ReauthenticationRequired");
}

}  // namespace atelier::api
