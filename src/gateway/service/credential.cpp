#include "gateway/service/credential.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "identity/service_signature.h"

namespace atelier::gateway {

namespace {

/// What a signature covers, and itself. A second one would leave open which was signed.
constexpr auto kOnce =
    std::to_array<std::string_view>({"Authorization", "Content-MD5", "Content-Type", "Date"});

bool SameToken(std::string_view shown, std::string_view token) {
  return !token.empty() && ConstantTimeEqual(AfterScheme(shown, "Bearer").value_or(shown), token);
}

bool MayBeSigned(const http::RequestHead& head) {
  return head.method == "POST" && std::ranges::none_of(kOnce, [&](std::string_view name) {
           return std::ranges::count_if(head.headers.entries(), [&](const auto& field) {
                    return EqualsIgnoreCase(field.first, name);
                  }) > 1;
         });
}

/// Before a library escaped what may not stand in a URL. Other escapes are the user's.
std::string AsWritten(const std::string& target) {
  constexpr std::string_view kNeverInUrl = " \"<>\\^`{|}";
  constexpr std::size_t kEscape = 3;  // "%20"
  std::string out;
  for (std::size_t at = 0; at < target.size();) {
    const std::string escape = target.substr(at, target[at] == '%' ? kEscape : 1);
    const std::string meant = PercentDecode(escape);
    const bool undone = meant.size() == 1 && (static_cast<unsigned char>(meant[0]) >= 0x80 ||
                                              kNeverInUrl.find(meant[0]) != std::string_view::npos);
    out += undone ? meant : escape;
    at += escape.size();
  }
  return out;
}

}  // namespace

Credential::Credential(const http::RequestHead& head, const std::string& mount)
    : head_(head),
      shown_(head.headers.Get("Authorization")),
      signature_(AfterScheme(shown_, "EAS").value_or("")) {
  if (signature_.empty() || !MayBeSigned(head)) return;
  // Python's client signs the name alone. Go's and Java's add what follows, as their user wrote it;
  // Java's leaves out a query that is part of its URL.
  const std::string path(head.path());
  for (const std::string& form :
       {mount, head.target, path, AsWritten(head.target), AsWritten(path)})
    if (std::ranges::find(paths_, form) == paths_.end()) paths_.push_back(form);
}

Credential::Proof Credential::Shows(std::string_view token) const {
  if (SameToken(shown_, token)) return Proof::kToken;
  const http::Headers& headers = head_.headers;
  bool found = false;
  for (const std::string& path : paths_) {
    const identity::ServiceCall call{.content_md5 = headers.Get("Content-MD5"),
                                     .content_type = headers.Get("Content-Type"),
                                     .date = headers.Get("Date"),
                                     .path = path};
    found = identity::IsSignedWith(token, call, signature_) || found;
  }
  return found ? Proof::kSignature : Proof::kNone;
}

}  // namespace atelier::gateway
