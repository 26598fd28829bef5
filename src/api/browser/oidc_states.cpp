#include "api/browser/oidc_states.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/tickets.h"

namespace atelier::api {

Result<OidcStates::Sent> OidcStates::Begin(std::string network, std::string next) {
  const MonoTime now = clock_.Mono();
  std::erase_if(waiting_, [&](const Waiting& one) { return one.until <= now; });
  const auto mine = [&](const Waiting& one) { return one.network == network; };
  if (std::ranges::count_if(waiting_, mine) >= static_cast<std::ptrdiff_t>(kMostOfNetwork))
    waiting_.erase(std::ranges::find_if(waiting_, mine));
  if (waiting_.size() >= most_) {
    return Error(Code::kResourceExhausted, "Too many sign-ins are under way. Try again soon.",
                 "Throttling.User");
  }
  Sent sent{.state = identity::RandomSecret(random_),
            .cookie = identity::RandomSecret(random_),
            .begun = {.nonce = identity::RandomSecret(random_),
                      .verifier = identity::RandomSecret(random_),
                      .next = std::move(next)}};
  waiting_.push_back({.state = Hex(Sha256(sent.state)),
                      .cookie = Hex(Sha256(sent.cookie)),
                      .network = std::move(network),
                      .until = now + kLifetime,
                      .begun = sent.begun});
  return sent;
}

std::optional<OidcStates::Begun> OidcStates::Take(const std::string& state,
                                                  const std::vector<std::string>& cookies) {
  const std::string hash = Hex(Sha256(state));
  const auto found = std::ranges::find(waiting_, hash, &Waiting::state);
  if (found == waiting_.end()) return std::nullopt;
  const bool of_browser = std::ranges::any_of(
      cookies, [&](const std::string& cookie) { return Hex(Sha256(cookie)) == found->cookie; });
  // Who only knows the state uses up nobody's sign-in.
  if (!of_browser) return std::nullopt;
  const Waiting taken = std::move(*found);
  waiting_.erase(found);
  if (taken.until <= clock_.Mono()) return std::nullopt;
  return taken.begun;
}

}  // namespace atelier::api
