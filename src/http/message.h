#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::http {

/// Header fields as received, in order; names keep their spelling and compare case-insensitively.
class Headers {
 public:
  using Entry = std::pair<std::string, std::string>;

  void Add(std::string name, std::string value) {
    entries_.emplace_back(std::move(name), std::move(value));
  }
  void Reserve(std::size_t fields) { entries_.reserve(fields); }
  /// The same with copies, which use memory that Clear kept.
  void AddCopy(std::string_view name, std::string_view value);
  /// Removes every field and keeps the memory of some, a few kilobytes at most: heads of requests
  /// come one after another and look alike.
  void Clear();
  /// Replaces every field of this name by one.
  void Set(std::string_view name, std::string value);
  void Remove(std::string_view name);
  /// Every field for which `drop(name, value)` is true.
  template <class Fn>
  void RemoveIf(Fn drop) {
    std::erase_if(entries_, [&](const Entry& entry) { return drop(entry.first, entry.second); });
  }
  /// The first field of this name; empty view when absent (use Has to tell).
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::vector<Entry> spare_;  // whatever their text
};

/// Whether `token` is an item of a comma-separated header value, whatever its case.
bool ListHas(std::string_view list, std::string_view token);

/// Whether the IP address `text` is of the host itself.
bool IsLoopback(std::string_view text);

/// The network that stands for whoever has the IP address `text`: an IPv4 address itself, of an
/// IPv6 address its /56, which is what a home gets: 256 networks of 2^64 addresses to choose from.
std::string NetworkOf(std::string_view text);

struct RequestHead {
  std::string method = {};
  std::string target = {};  // as on the request line
  Headers headers = {};
  // Of the peer, or of whom a trusted proxy speaks for; of what came by Server::Serve, its name.
  std::string source_ip = {};
  bool inside = false;           // it came by Server::Serve
  bool tls = false;              // the client spoke TLS, be it to a trusted proxy
  std::string own_address = {};  // "host:port" that the connection reached, as in a URL

  std::string_view path() const;   // target before '?'
  std::string_view query() const;  // after it, empty without
  bool has_body() const;           // by its framing headers; an empty chunked body counts
};

struct Response {
  int status = 200;
  Headers headers = {};  // framing (Content-Length, Transfer-Encoding, Connection) is the server's
  std::string body = {};
  /// Instead of `body`: a text that outlives the server, so that a slow reader costs no copy of it.
  std::string_view shared = {};

  std::string_view content() const { return shared.empty() ? std::string_view(body) : shared; }
};

struct ResponseHead {
  int status = 200;
  Headers headers = {};
};

}  // namespace atelier::http
