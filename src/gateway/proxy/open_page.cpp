#include "gateway/proxy/open_page.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace atelier::gateway {

namespace {

// The address is cleaned first: what comes after has no ticket to leak.
constexpr std::string_view kScript =
    R"((async () => {
  const ticket = location.hash.replace(/^#(ticket=)?/, "");
  history.replaceState(null, "", location.pathname);
  const text = document.getElementById("text");
  try {
    const answer = await fetch(location.pathname, {
      method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({Ticket: ticket})});
    const said = await answer.json();
    if (answer.ok && said.Target.startsWith("/dsw-")) location.replace(said.Target);
    else text.textContent = said.Message;
  } catch {
    text.textContent = "The server cannot be reached.";
  }
})();)";

}  // namespace

http::Response OpenPage() {
  static const std::string kPolicy = fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; connect-src 'self'; frame-ancestors 'none'; "
      "base-uri 'none'; form-action 'none'",
      Base64(Sha256(kScript)));
  http::Response page{.status = 200, .headers = {}, .body = {}};
  page.body = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Opening</title>"
      "<p id=\"text\">Opening ...</p><noscript>This page needs JavaScript.</noscript>"
      "<script>{}</script></html>\n",
      kScript);
  page.headers.Add("Content-Type", "text/html; charset=utf-8");
  page.headers.Add("Content-Security-Policy", kPolicy);
  page.headers.Add("Cross-Origin-Opener-Policy", "same-origin");
  page.headers.Add("Referrer-Policy", "no-referrer");
  page.headers.Add("X-Content-Type-Options", "nosniff");
  page.headers.Add("Cache-Control", "no-store");
  return page;
}

std::optional<std::string> TicketOf(const std::string& body) {
  const auto value = ParseJson(body);
  if (!value || !value->is_object()) return std::nullopt;
  const auto* ticket = value->get_object().if_contains("Ticket");
  if (ticket == nullptr || !ticket->is_string()) return std::nullopt;
  return std::string(ticket->get_string());
}

http::Response OpenAnswer(const std::string& target) {
  http::Response answer{.status = 200,
                        .headers = {},
                        .body = boost::json::serialize(boost::json::object{{"Target", target}})};
  answer.headers.Add("Content-Type", "application/json");
  answer.headers.Add("Cache-Control", "no-store");
  return answer;
}

}  // namespace atelier::gateway
