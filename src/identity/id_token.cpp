#include "identity/id_token.h"

#include <algorithm>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kMaxToken = 64U << 10U;
constexpr std::size_t kMaxKeys = 32;
constexpr int kMinRsaBits = 2048;
constexpr std::size_t kMaxRsaBytes = 1024;  // a larger one is made to cost time
constexpr std::size_t kP256Bytes = 32;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number NumberOf(std::string_view bytes) {
  return Number(::BN_bin2bn(Data(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string BytesOf(const json::object& object, std::string_view name) {
  return FromBase64Url(TextOf(object, name)).value_or("");
}

std::shared_ptr<EVP_PKEY> MakeKey(const char* type, const Builder& builder) {
  const Params params(::OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(::EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || ::EVP_PKEY_fromdata_init(context.get()) != 1 ||
      ::EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return {key, ::EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> RsaKey(const json::object& fields) {
  const std::string modulus = BytesOf(fields, "n");
  const std::string exponent = BytesOf(fields, "e");
  if (modulus.size() > kMaxRsaBytes || exponent.empty() || exponent.size() > 4) return nullptr;
  const Number n = NumberOf(modulus);
  const Number e = NumberOf(exponent);
  const Builder builder(::OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || ::BN_num_bits(n.get()) < kMinRsaBits) return nullptr;
  if (::BN_is_odd(e.get()) == 0 || ::BN_is_one(e.get()) == 1) return nullptr;
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return MakeKey("RSA", builder);
}

std::shared_ptr<EVP_PKEY> P256Key(const json::object& fields) {
  const std::string x = BytesOf(fields, "x");
  const std::string y = BytesOf(fields, "y");
  if (TextOf(fields, "crv") != "P-256" || x.size() != kP256Bytes || y.size() != kP256Bytes)
    return nullptr;
  const std::string point = '\x04' + x + y;  // uncompressed
  const Builder builder(::OSSL_PARAM_BLD_new());
  if (!builder) return nullptr;
  ::OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  ::OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
  return MakeKey("EC", builder);
}

/// JWS has the two numbers one behind the other (RFC 7518 section 3.4), OpenSSL takes DER.
std::string DerOf(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const EcdsaSignature pair(::ECDSA_SIG_new());
  Number r = NumberOf(signature.substr(0, kP256Bytes));
  Number s = NumberOf(signature.substr(kP256Bytes));
  if (!pair || !r || !s) return "";
  ::ECDSA_SIG_set0(pair.get(), r.release(), s.release());  // takes both; only refuses what is null
  unsigned char* der = nullptr;
  const int size = ::i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return "";
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  ::OPENSSL_free(der);
  return out;
}

Error Refused(std::string why) {
  return {Code::kUnauthenticated, "The ID token is refused: " + std::move(why), "SignInFailed"};
}

Error OfNoKey(std::string why) {
  return {Code::kNotFound, "The ID token is refused: " + std::move(why), "UnknownKey"};
}

Result<json::object> ObjectOf(std::string_view encoded) {
  const auto text = FromBase64Url(encoded);
  if (!text) return Refused("a part is not base64url.");
  auto value = ParseJson(*text);
  if (!value || !value->is_object()) return Refused("a part is no JSON object.");
  return std::move(value->get_object());
}

/// Seconds of 1970; providers write them with and without a fraction.
std::optional<WallTime> TimeOf(const json::object& claims, std::string_view name) {
  constexpr double kMost = 253'402'300'799;  // the year 9999
  const json::value* value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds <= kMost)) return std::nullopt;
  return WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

Status CheckAudience(const json::object& claims, const std::string& client) {
  const json::value* audience = claims.if_contains("aud");
  bool ours = false;
  std::size_t others = 0;
  const auto look = [&](const json::value& one) {
    const bool equal = one.is_string() && one.get_string() == client;
    ours = ours || equal;
    if (!equal) ++others;
  };
  if (audience != nullptr && audience->is_array())
    std::ranges::for_each(audience->get_array(), look);
  else if (audience != nullptr)
    look(*audience);
  if (!ours) return Refused("it is for another client (aud).");
  const bool has_party = claims.contains("azp");
  if (has_party ? TextOf(claims, "azp") != client : others > 0)
    return Refused("it was given to another client (azp).");
  return Ok();
}

Status CheckTimes(const json::object& claims, WallTime now) {
  const auto expires = TimeOf(claims, "exp");
  const auto issued = TimeOf(claims, "iat");
  if (!expires || !issued) return Refused("exp or iat is missing.");
  if (*expires + kTokenLeeway <= now) return Refused("it has expired (exp).");
  if (*issued > now + kTokenLeeway) return Refused("it is from the future (iat).");
  if (*issued + kTokenAge + kTokenLeeway <= now) return Refused("it is too old (iat).");
  const auto begins = TimeOf(claims, "nbf");
  if (claims.contains("nbf") && (!begins || *begins > now + kTokenLeeway))
    return Refused("it is not good yet (nbf).");
  return Ok();
}

}  // namespace

Result<ProviderKeys> ProviderKeys::Parse(std::string_view text) {
  const auto set = ParseJson(text);
  const json::value* list =
      set && set->is_object() ? set->get_object().if_contains("keys") : nullptr;
  if (list == nullptr || !list->is_array())
    return Error(Code::kInvalidArgument, "The provider's keys are no JSON Web Key Set.");
  ProviderKeys keys;
  for (const json::value& one : list->get_array()) {
    if (!one.is_object() || keys.keys_.size() == kMaxKeys) continue;
    const json::object& fields = one.get_object();
    Key key{.id = TextOf(fields, "kid"), .algorithm = {}, .key = nullptr};
    const std::string type = TextOf(fields, "kty");
    const std::string use = TextOf(fields, "use");
    const std::string algorithm = TextOf(fields, "alg");
    const bool rsa = type == "RSA";
    const std::string_view ours = rsa ? "RS256" : "ES256";
    if ((!rsa && type != "EC") || (!use.empty() && use != "sig") ||
        (!algorithm.empty() && algorithm != ours))
      continue;
    key.algorithm = rsa ? Algorithm::kRs256 : Algorithm::kEs256;
    key.key = rsa ? RsaKey(fields) : P256Key(fields);
    if (key.key != nullptr) keys.keys_.push_back(std::move(key));
  }
  return keys;
}

const ProviderKeys::Key* ProviderKeys::Find(std::string_view id, Algorithm algorithm) const {
  const auto fits = [&](const Key& key) {
    return key.algorithm == algorithm && (id.empty() || key.id == id);
  };
  const auto found = std::ranges::find_if(keys_, fits);
  // Which of several is meant only an id says (OpenID Connect Core section 10.1).
  if (found == keys_.end() || (id.empty() && std::ranges::count_if(keys_, fits) > 1))
    return nullptr;
  return &*found;
}

std::optional<bool> ProviderKeys::Verify(std::string_view id, Algorithm algorithm,
                                         std::string_view text, std::string_view signature) const {
  const Key* found = Find(id, algorithm);
  if (found == nullptr) return std::nullopt;
  const std::string der =
      algorithm == Algorithm::kEs256 ? DerOf(signature) : std::string(signature);
  const DigestContext context(::EVP_MD_CTX_new());
  return context &&
         ::EVP_DigestVerifyInit(context.get(), nullptr, ::EVP_sha256(), nullptr,
                                found->key.get()) == 1 &&
         ::EVP_DigestVerify(context.get(), Data(der), der.size(), Data(text), text.size()) == 1;
}

Result<IdToken> CheckIdToken(std::string_view token, const ProviderKeys& keys,
                             const IdTokenRules& rules) {
  if (token.size() > kMaxToken) return Refused("it is too large.");
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last)
    return Refused("it does not have three parts.");
  ATELIER_TRY(const json::object header, ObjectOf(token.substr(0, first)));
  const std::string name = TextOf(header, "alg");
  if (name != "RS256" && name != "ES256") return Refused("its alg is neither RS256 nor ES256.");
  if (header.contains("crit")) return Refused("it asks for extensions (crit).");
  const auto algorithm =
      name == "RS256" ? ProviderKeys::Algorithm::kRs256 : ProviderKeys::Algorithm::kEs256;
  const auto signature = FromBase64Url(token.substr(last + 1));
  if (!signature) return Refused("its signature is not base64url.");
  const auto good =
      keys.Verify(TextOf(header, "kid"), algorithm, token.substr(0, last), *signature);
  if (!good) return OfNoKey("the provider has no key of its id.");
  if (!*good) return OfNoKey("its signature is wrong.");

  ATELIER_TRY(json::object claims, ObjectOf(token.substr(first + 1, last - first - 1)));
  if (TextOf(claims, "iss") != rules.issuer) return Refused("it is of another issuer (iss).");
  ATELIER_RETURN_IF_ERROR(CheckAudience(claims, rules.client_id));
  ATELIER_RETURN_IF_ERROR(CheckTimes(claims, rules.now));
  if (!ConstantTimeEqual(TextOf(claims, "nonce"), rules.nonce))
    return Refused("it is of another sign-in (nonce).");
  std::string subject = TextOf(claims, "sub");
  constexpr std::size_t kMaxSubject = 255;  // OpenID Connect Core section 2
  if (subject.empty() || subject.size() > kMaxSubject) return Refused("it names nobody (sub).");
  return IdToken{.subject = std::move(subject), .claims = std::move(claims)};
}

}  // namespace atelier::identity
