#include "gateway/proxy/location.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "http/origin.h"

namespace atelier::gateway {

namespace {

constexpr auto kLocations = std::to_array<std::string_view>({"Location", "Content-Location"});

/// Whether a URL is of the host that the client asked: under either scheme, for an app behind a
/// proxy that ends TLS does not know the client's.
bool IsOwnHost(std::string_view url, std::string_view host) {
  const auto origin = http::ParseOrigin(url);
  return origin && origin == http::ParseOrigin(origin->scheme + "://" + std::string(host));
}

/// An app that knows its prefix writes it itself.
bool IsWithin(std::string_view path, const Realm& realm) {
  const std::string_view root = std::string_view(realm.path).substr(0, realm.path.size() - 1);
  return path.starts_with(realm.path) || path.substr(0, path.find_first_of("?#")) == root;
}

bool IsRelative(std::string_view location) {
  const std::size_t mark = location.find_first_of(":/?#");
  return !location.empty() && mark != 0 &&
         (mark == std::string_view::npos || location[mark] != ':');
}

/// "/x?y" of "/x?y" or of "http://<own host>/x?y"; nullopt: it is elsewhere, or relative.
std::optional<std::string> OwnPath(std::string_view location, std::string_view host) {
  // A backslash is a slash to browsers.
  const bool other = location.size() > 1 && (location[1] == '/' || location[1] == '\\');
  if (location.starts_with('/') && !other) return std::string(location);
  const std::string url = (location.starts_with("//") ? "http:" : "") + std::string(location);
  if (!IsOwnHost(url, host)) return std::nullopt;
  const std::size_t authority = url.find("://") + 3;
  const std::size_t path = std::min(url.find('/', authority), url.size());
  return path == url.size() ? "/" : url.substr(path);
}

}  // namespace

void LeadBack(http::Headers& answer, const http::RequestHead& request, const Realm& realm) {
  if (realm.mount.empty()) return;
  for (const std::string_view name : kLocations) {
    auto path = OwnPath(answer.Get(name), request.headers.Get("Host"));
    if (IsRelative(answer.Get(name)) && request.path() == realm.mount)
      path = "/" + std::string(answer.Get(name));
    if (!path || IsWithin(*path, realm)) continue;
    answer.Set(name, realm.mount + *path);
  }
}

}  // namespace atelier::gateway
