#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/task.h"
#include "http/server.h"

namespace atelier::console {

/// A file of the console, in the forms that it is sent in. All is static memory.
struct Asset {
  struct Body {
    std::string_view bytes = {};
    std::string_view etag = {};  // strong, with its quotes
  };
  std::string_view path;  // below /console/
  std::string_view type;
  Body plain;
  Body brotli = {};  // empty: it would not be smaller
  Body gzip = {};
};

/// Those that the build has made of web/, sorted by path; none where there was no Node to build
/// them.
std::span<const Asset> BuiltAssets();

/// Serves the web console, which is nothing but files: what it shows, the browser asks the API for.
///
/// Threads: any.
class Console {
 public:
  /// Where beside its own origin a page may call, "https://host:port/path/"; empty: nowhere.
  using MayCall = std::function<std::string(const http::RequestHead& head)>;

  /// `assets`: sorted by path; outlive it. With none it says that the server has no console.
  explicit Console(
      std::span<const Asset> assets,
      MayCall may_call = [](const http::RequestHead&) { return std::string(); })
      : assets_(assets), may_call_(std::move(may_call)) {}

  /// Whether it answers this request: all below /console, and "/" itself for browsers, which it
  /// leads there. "/" is also where the API is called in RPC style, with a query or a body.
  static bool Owns(const http::RequestHead& head);
  Task<void> Handle(http::Exchange& exchange) const;

 private:
  Task<Status> Answer(http::Exchange& exchange) const;
  /// From static memory: nothing is copied.
  Task<Status> SendAsset(http::Exchange& exchange, const Asset& asset) const;
  const Asset* Find(const http::RequestHead& head) const;

  std::span<const Asset> assets_;
  MayCall may_call_;
};

}  // namespace atelier::console
