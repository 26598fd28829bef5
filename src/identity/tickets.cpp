#include "identity/tickets.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxOfUser = 10;

}  // namespace

std::string RandomSecret(Random& random) {
  Bytes<kSecretBytes> bytes{};
  random.Fill(bytes);
  return Base64Url(bytes);
}

Tickets::Ticket Tickets::Make(Grant grant) {
  std::erase_if(waiting_, [now = clock_.Mono()](const Waiting& one) { return one.until <= now; });
  const auto same = [&](const Waiting& one) { return one.grant.user == grant.user; };
  if (std::cmp_greater_equal(std::ranges::count_if(waiting_, same), kMaxOfUser))
    waiting_.erase(std::ranges::find_if(waiting_, same));
  Ticket made{.text = RandomSecret(random_), .expires = clock_.Wall() + kLifetime};
  waiting_.push_back(
      {.hash = Hex(Sha256(made.text)), .grant = std::move(grant), .until = clock_.In(kLifetime)});
  return made;
}

std::optional<Tickets::Grant> Tickets::Take(std::string_view text) {
  if (text.size() != kSecretLength) return std::nullopt;  // none of ours
  const auto found = std::ranges::find(waiting_, Hex(Sha256(text)), &Waiting::hash);
  if (found == waiting_.end()) return std::nullopt;
  Waiting used = std::move(*found);
  waiting_.erase(found);
  if (used.until <= clock_.Mono()) return std::nullopt;
  return std::move(used.grant);
}

}  // namespace atelier::identity
