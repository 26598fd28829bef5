#include "api/browser/oidc_provider.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/encoding.h"
#include "http/origin.h"

namespace atelier::api {

namespace {

constexpr Duration kAnswerWithin{10'000};
constexpr std::size_t kMaxAnswer = 256U << 10U;
constexpr std::size_t kMaxUrl = 2048;
constexpr std::chrono::hours kKeepFor{1};
/// Strangers can have it asked.
constexpr std::chrono::seconds kAskAgainAfter{1};
constexpr int kMaxUnderWay = 32;
/// Keys may have changed when one is missing; who sends tokens with ids of their own making must
/// not have them read all the time.
constexpr int kReadsAMinute = 6;

Error Away(std::string why) {
  return {Code::kUnavailable, "The OpenID provider: " + std::move(why), "ProviderUnavailable"};
}

Error Refused(std::string why) {
  return {Code::kUnauthenticated, "The OpenID provider: " + std::move(why), "SignInFailed"};
}

Result<json::object> ObjectOf(std::string_view text) {
  auto value = ParseJson(text);
  if (!value || !value->is_object()) return Away("it answered no JSON object.");
  return std::move(value->get_object());
}

/// Counts one as long as it lives.
class UnderWay {
 public:
  explicit UnderWay(int& count) : count_(count) { ++count_; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() { --count_; }

 private:
  int& count_;
};

}  // namespace

bool IsProviderUrl(std::string_view url) {
  if (url.size() > kMaxUrl) return false;
  const auto parts = http::ParseUrl(url);
  return parts && http::IsConfidential(parts->origin);
}

/// The body of a 200; the token endpoint says with 400 and 401 that it does not accept.
Task<Result<std::string>> OidcProvider::Fetch(std::string url, std::optional<std::string> form,
                                              std::string authorization) {
  if (client_ == nullptr || !IsProviderUrl(url))
    co_return Away("it has an address that is not https.");
  if (under_way_ >= kMaxUnderWay) co_return Away("it is slow, and too many wait for it.");
  const UnderWay mine(under_way_);
  auto parts = http::ParseUrl(url);
  http::Address address = http::AddressOf(parts->origin);
  address.tls_ca = options_.ca;
  http::RequestHead head;
  head.method = form ? "POST" : "GET";
  head.target = std::move(parts->target);
  head.headers.Add("Host", std::move(parts->authority));
  head.headers.Add("Accept", "application/json");
  head.headers.Add("User-Agent", "atelier");
  if (!authorization.empty()) head.headers.Add("Authorization", std::move(authorization));
  if (form) head.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  auto answer = co_await client_->Fetch(address, std::move(head), form.value_or(""), kMaxAnswer,
                                        clock_.In(kAnswerWithin));
  if (!answer) co_return Away(answer.error().message());
  if (form && (answer->status == 400 || answer->status == 401)) {
    auto fields = ObjectOf(answer->body);
    co_return Refused(fmt::format("it does not take the code: {}",
                                  fields ? TextOf(*fields, "error") : std::string("no reason")));
  }
  if (answer->status != 200) co_return Away(fmt::format("it answered {}.", answer->status));
  co_return std::move(answer->body);
}

Task<Result<OidcEndpoints>> OidcProvider::Discover() {
  if (endpoints_ && clock_.Mono() < endpoints_until_) co_return *endpoints_;
  auto found = co_await ReadEndpoints();
  endpoints_ = found;
  endpoints_until_ = clock_.Mono() + (found ? std::chrono::seconds(kKeepFor) : kAskAgainAfter);
  co_return found;
}

Task<Result<OidcEndpoints>> OidcProvider::ReadEndpoints() {
  std::string base = options_.issuer;
  if (base.ends_with('/')) base.pop_back();
  ATELIER_CO_TRY(const std::string text,
                 co_await Fetch(base + "/.well-known/openid-configuration", std::nullopt, ""));
  ATELIER_CO_TRY(const json::object document, ObjectOf(text));
  // Letter for letter (OpenID Connect Discovery section 4.3).
  if (TextOf(document, "issuer") != options_.issuer)
    co_return Away("its discovery document is of another issuer.");
  OidcEndpoints found{.authorization = TextOf(document, "authorization_endpoint"),
                      .token = TextOf(document, "token_endpoint"),
                      .keys = TextOf(document, "jwks_uri")};
  for (const std::string* url : {&found.authorization, &found.token, &found.keys}) {
    if (!IsProviderUrl(*url)) co_return Away("an address in its discovery document is not https.");
  }
  const json::value* names = document.if_contains("authorization_response_iss_parameter_supported");
  found.names_issuer = names != nullptr && names->is_bool() && names->get_bool();
  const json::value* ways = document.if_contains("token_endpoint_auth_methods_supported");
  if (ways != nullptr && ways->is_array()) {
    const auto has = [&](std::string_view way) {
      return std::ranges::any_of(ways->get_array(), [&](const json::value& one) {
        return one.is_string() && one.get_string() == way;
      });
    };
    found.basic = has("client_secret_basic") || !has("client_secret_post");
  }
  co_return found;
}

Task<Result<std::string>> OidcProvider::AskForToken(const OidcEndpoints& endpoints,
                                                    const Redemption& redemption) {
  std::vector<NameValue> form = {{"grant_type", "authorization_code"},
                                 {"code", redemption.code},
                                 {"redirect_uri", redemption.redirect_uri},
                                 {"code_verifier", redemption.verifier}};
  std::string authorization;
  const bool has_secret = !options_.client_secret.empty();
  if (has_secret && endpoints.basic) {
    // Encoded, then joined (RFC 6749 section 2.3.1).
    authorization = "Basic " + Base64(AsBytes(PercentEncode(options_.client_id) + ":" +
                                              PercentEncode(options_.client_secret)));
  } else {
    form.emplace_back("client_id", options_.client_id);
    if (has_secret) form.emplace_back("client_secret", options_.client_secret);
  }
  ATELIER_CO_TRY(const std::string text,
                 co_await Fetch(endpoints.token, EncodeQuery(form), std::move(authorization)));
  ATELIER_CO_TRY(const json::object answer, ObjectOf(text));
  std::string token = TextOf(answer, "id_token");
  if (token.empty()) co_return Refused("it gave no ID token.");
  co_return token;
}

Task<Status> OidcProvider::ReadKeys(std::string url) {
  ATELIER_CO_TRY(const std::string text, co_await Fetch(std::move(url), std::nullopt, ""));
  auto keys = identity::ProviderKeys::Parse(text);
  if (!keys) co_return Away(keys.error().message());
  keys_ = *std::move(keys);
  keys_until_ = clock_.Mono() + kKeepFor;
  co_return Ok();
}

bool OidcProvider::MayReadKeys() {
  const MonoTime now = clock_.Mono();
  if (reads_ == 0 || now >= reads_since_ + std::chrono::minutes(1)) {
    reads_since_ = now;
    reads_ = 0;
  }
  return ++reads_ <= kReadsAMinute;
}

Task<Result<identity::IdToken>> OidcProvider::Redeem(Redemption redemption) {
  ATELIER_CO_TRY(const OidcEndpoints endpoints, co_await Discover());
  ATELIER_CO_TRY(const std::string token, co_await AskForToken(endpoints, redemption));
  if (!keys_ || clock_.Mono() >= keys_until_)
    ATELIER_CO_RETURN_IF_ERROR(co_await ReadKeys(endpoints.keys));
  const identity::IdTokenRules rules{.issuer = options_.issuer,
                                     .client_id = options_.client_id,
                                     .nonce = redemption.nonce,
                                     .now = clock_.Wall()};
  auto checked = identity::CheckIdToken(token, *keys_, rules);
  if (!checked && checked.error().reason() == "UnknownKey" && MayReadKeys()) {
    ATELIER_CO_RETURN_IF_ERROR(co_await ReadKeys(endpoints.keys));
    checked = identity::CheckIdToken(token, *keys_, rules);
  }
  if (!checked) co_return Refused(checked.error().message());
  co_return *std::move(checked);
}

}  // namespace atelier::api
