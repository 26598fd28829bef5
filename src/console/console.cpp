#include "console/console.h"

#include <algorithm>
#include <string>
#include <utility>

#include "console/assets/negotiation.h"

namespace atelier::console {

namespace {

constexpr std::string_view kRoot = "/console/";
constexpr std::string_view kHashed = "assets/";  // names that change with what is in the file

/// A page that a notebook, another site or a careless library could not turn against who reads it:
/// scripts and styles from this origin only, none inline, in no frame.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; worker-src 'self'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'; connect-src 'self'";

constexpr std::string_view kNotBuilt =
    "This server was built without its web console, because there was no Node.js to build it "
    "with.\nThe API and the command line (atelier help) do all that the console does. To have it, "
    "run 'tools/dev setup' in the source folder and build again.\n";

bool TakesHtml(const http::RequestHead& head) {
  return http::ListHas(MediaTypes(head.headers.Get("Accept")), "text/html");
}

bool HasExtension(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

/// `may_call`: Console::MayCall.
http::Headers CommonHeaders(const http::RequestHead& head, std::string_view may_call = {}) {
  http::Headers headers;
  headers.Reserve(16);
  std::string policy(kContentSecurityPolicy);
  if (!may_call.empty()) policy.append(" ").append(may_call);
  headers.Add("Content-Security-Policy", std::move(policy));
  headers.Add("Cross-Origin-Opener-Policy", "same-origin");
  headers.Add("Cross-Origin-Resource-Policy", "same-origin");
  headers.Add("Permissions-Policy",
              "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");
  headers.Add("Referrer-Policy", "no-referrer");
  headers.Add("X-Content-Type-Options", "nosniff");
  if (head.tls) headers.Add("Strict-Transport-Security", "max-age=31536000");
  return headers;
}

http::Response Plain(const http::RequestHead& head, int status, std::string text) {
  http::Response response{
      .status = status, .headers = CommonHeaders(head), .body = std::move(text)};
  response.headers.Add("Content-Type", "text/plain; charset=utf-8");
  response.headers.Add("Cache-Control", "no-store");
  return response;
}

http::Response LeadTo(const http::RequestHead& head, std::string_view where) {
  http::Response response = Plain(head, 302, "");
  response.headers.Add("Location", std::string(where));
  response.headers.Add("Vary", "Accept");
  return response;
}

}  // namespace

bool Console::Owns(const http::RequestHead& head) {
  const std::string_view path = head.path();
  if (path.starts_with(kRoot) || path == "/console") return true;
  return head.target == "/" && (head.method == "GET" || head.method == "HEAD") && TakesHtml(head);
}

const Asset* Console::Find(const http::RequestHead& head) const {
  const auto named = [this](std::string_view path) -> const Asset* {
    const auto found = std::ranges::lower_bound(assets_, path, {}, &Asset::path);
    return found != assets_.end() && found->path == path ? &*found : nullptr;
  };
  const std::string_view path = head.path().substr(kRoot.size());
  if (const Asset* asset = named(path)) return asset;
  // A page of the console: the script that index.html loads knows it. Names of services have dots.
  if (path.starts_with(kHashed) || (HasExtension(path) && !TakesHtml(head))) return nullptr;
  return named("index.html");
}

Task<Status> Console::SendAsset(http::Exchange& exchange, const Asset& asset) const {
  const http::RequestHead& head = exchange.head();
  const Chosen chosen = Choose(asset, head.headers.Get("Accept-Encoding"));
  // A page's policy binds what it loads: files need not say it again.
  const bool is_page = asset.type.starts_with("text/html");
  http::Headers headers = CommonHeaders(head, is_page ? may_call_(head) : std::string());
  headers.Add("ETag", std::string(chosen.body->etag));
  headers.Add("Vary", "Accept-Encoding");
  headers.Add("Cache-Control",
              asset.path.starts_with(kHashed) ? "public, max-age=31536000, immutable" : "no-cache");
  if (Matches(head.headers.Get("If-None-Match"), chosen.body->etag))
    co_return co_await exchange.Send({.status = 304, .headers = std::move(headers)});
  headers.Add("Content-Type", std::string(asset.type));
  if (!chosen.coding.empty()) headers.Add("Content-Encoding", std::string(chosen.coding));
  headers.Add("Content-Length", std::to_string(chosen.body->bytes.size()));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await exchange.Begin({.status = 200, .headers = std::move(headers)}));
  if (head.method != "HEAD")
    ATELIER_CO_RETURN_IF_ERROR(co_await exchange.WriteSome(chosen.body->bytes));
  co_return co_await exchange.Finish();
}

Task<Status> Console::Answer(http::Exchange& exchange) const {
  const http::RequestHead& head = exchange.head();
  if (head.method != "GET" && head.method != "HEAD") {
    http::Response response = Plain(head, 405, "The console is read with GET.\n");
    response.headers.Add("Allow", "GET, HEAD");
    return exchange.Send(std::move(response));
  }
  if (!head.path().starts_with(kRoot)) return exchange.Send(LeadTo(head, kRoot));
  if (assets_.empty()) return exchange.Send(Plain(head, 404, std::string(kNotBuilt)));
  if (const Asset* asset = Find(head)) return SendAsset(exchange, *asset);
  return exchange.Send(Plain(head, 404, "The console has no such file.\n"));
}

Task<void> Console::Handle(http::Exchange& exchange) const {
  // Who is gone needs no answer.
  static_cast<void>(co_await Answer(exchange));
}

}  // namespace atelier::console
