#include "identity/signing/acs3.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"
#include "identity/signing/canonical.h"
#include "identity/signing/verdict.h"

namespace atelier::identity {

namespace {

constexpr std::string_view kAlgorithm = "ACS3-HMAC-SHA256";
constexpr std::size_t kMaxSignedHeaders = 100;

enum class NameForm : std::uint8_t { kDecoded, kEncoded, kLikeGo };

/// The parameters of a query, ready to be rendered in each of the forms clients sign.
class CanonicalQuery {
 public:
  explicit CanonicalQuery(std::string_view raw) : pairs_(ParseQuery(raw)) {
    SortByName(pairs_);
    const auto has_any = [&](auto is_it) {
      return std::ranges::any_of(
          pairs_, [&](const NameValue& pair) { return std::ranges::any_of(pair.first, is_it); });
    };
    encoded_only_ = has_any([](char c) {
      return c == '=' || c == '&' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    // Go's "a%20b" for "a+b" is what others sign for "a b", unless something else is left decoded.
    not_like_go_ = has_any([](char c) { return c == '+'; }) && !has_any([](char c) {
                     return c != '+' && c != '*' && PercentEncode({&c, 1}).size() > 1;
                   });
  }

  std::size_t size() const { return pairs_.size(); }

  /// nullopt: the form could fold two parameters into one (section 2.4), or is how another form
  /// writes other names.
  std::optional<std::string> Render(NameForm form) const {
    if (form != NameForm::kEncoded && encoded_only_) return std::nullopt;
    if (form == NameForm::kLikeGo && not_like_go_) return std::nullopt;
    std::string out;
    for (const auto& [name, value] : pairs_) {
      if (!out.empty()) out += '&';
      switch (form) {
        case NameForm::kDecoded:
          out += name;
          break;
        case NameForm::kEncoded:
          AppendPercentEncoded(out, name);
          break;
        case NameForm::kLikeGo:
          out += ReplaceLikeClients(name);
          break;
      }
      out += '=';
      AppendPercentEncoded(out, value);
    }
    return out;
  }

 private:
  std::vector<NameValue> pairs_;
  bool encoded_only_ = false;
  bool not_like_go_ = false;
};

/// The value of a signed header that is there several times: each trimmed, sorted and joined.
void AppendJoined(std::string& out, const Headers& headers, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : headers.list()) {
    if (EqualsIgnoreCase(key, name)) values.push_back(Trim(value, kWhitespace));
  }
  std::ranges::sort(values);
  out.append(values.front());
  for (std::size_t i = 1; i < values.size(); ++i) out.append(1, ',').append(values[i]);
}

void AppendHeaderLines(std::string& out, const Acs3Authorization& authorization,
                       const Headers& headers) {
  for (const auto& [text, name] : authorization.names) {
    out.append(text).append(1, ':');
    const bool known = name != Headers::Name::kOther;
    if ((known ? headers.Count(name) : headers.Count(text)) > 1)
      AppendJoined(out, headers, text);
    else
      out.append(known ? headers.Get(name) : headers.Get(text));
    out.append(1, '\n');
  }
}

template <class T>
void AddOnce(std::vector<T>& list, T item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

/// Up to one more than may be.
void SplitNames(std::string_view text, Acs3Authorization& to) {
  for (const std::string_view name : Split(text, ';')) {
    to.names.push_back({.text = name, .name = Headers::NameOf(name)});
    if (to.names.size() > kMaxSignedHeaders) break;
  }
}

/// A name listed twice would sign its value twice: no client does, and it multiplies our work.
bool GoodNames(const Acs3Authorization& authorization) {
  const auto& names = authorization.names;
  if (names.size() > kMaxSignedHeaders) return false;
  const auto bad = [](const Acs3Authorization::Signed& name) {
    return name.text.empty() ||
           std::ranges::any_of(name.text, [](char c) { return c <= ' ' || IsUpper(c); });
  };
  if (std::ranges::any_of(names, bad)) return false;
  // Clients send them in order, and then no copy is needed to see that all differ.
  const auto not_below = [](const auto& a, const auto& b) { return a.text >= b.text; };
  if (std::ranges::adjacent_find(names, not_below) == names.end()) return true;
  auto sorted = names;
  std::ranges::sort(sorted, {}, &Acs3Authorization::Signed::text);
  return std::ranges::adjacent_find(sorted, {}, &Acs3Authorization::Signed::text) == sorted.end();
}

/// Whether a query as it was sent is its own canonical form: in order, and escaped in the one way
/// there is. Nearly every query that clients send is.
bool IsCanonical(std::string_view query) {
  if (query.empty()) return true;
  std::size_t parameters = 0;
  std::string_view before;
  for (const std::string_view piece : Split(query, '&')) {
    const Halves pair = Cut(piece, '=');
    if (!pair.found || pair.before.empty() || pair.before < before) return false;
    if (!IsPercentEncoded(pair.after) || !IsPercentEncoded(pair.before) ||
        pair.before.find('%') != std::string_view::npos)
      return false;
    before = pair.before;
    if (++parameters > kMaxParameters) return false;
  }
  return true;
}

/// The signature of a canonical request, in hex.
std::array<char, 64> SignatureOf(std::string_view canonical_request, const HmacSha256Key& key) {
  static constexpr std::size_t kHead = kAlgorithm.size() + 1;
  std::array<char, kHead + 64> text;  // the string to sign
  std::ranges::copy(kAlgorithm, text.begin());
  text[kHead - 1] = '\n';
  std::ranges::copy(HexOf(Sha256(canonical_request)), text.begin() + kHead);
  return HexOf(key.Sign(View(text)));
}

/// The strict form of a request whose query stands for itself, in memory that serves one request
/// after the other.
bool FitsAsSent(const Acs3Authorization& authorization, const RequestView& request,
                std::string_view path, const Headers& headers, const HmacSha256Key& key) {
  static thread_local std::string text;
  text.clear();
  text.append(request.method).append(1, '\n').append(path).append(1, '\n');
  text.append(request.query).append(1, '\n');
  AppendHeaderLines(text, authorization, headers);
  text.append(1, '\n').append(authorization.signed_headers).append(1, '\n');
  text.append(headers.Get(Headers::Name::kContentSha256));
  return ConstantTimeEqual(View(SignatureOf(text, key)), authorization.signature);
}

Error Mismatch(std::string_view string_to_sign, std::string_view canonical_request) {
  std::string message =
      "Specified signature does not match our calculation. server StringToSign is [";
  message.append(string_to_sign).append("] server CanonicalRequest is [");
  message.append(canonical_request).append(1, ']');
  return Refusal("SignatureDoesNotMatch", std::move(message));
}

/// "Credential=testid" and its like; sets the field once.
bool TakePart(std::string_view part, std::string_view name, std::string_view& field) {
  if (!part.starts_with(name) || !field.empty()) return false;
  field = part.substr(name.size());
  return true;
}

}  // namespace

Result<Acs3Authorization> ParseAcs3Authorization(std::string_view value) {
  const Halves halves = Cut(value, ' ');
  if (halves.before != kAlgorithm) return InvalidSignatureMethod();
  Acs3Authorization parsed;
  for (const std::string_view piece : Split(halves.after, ',', Trailing::kDrop)) {
    const std::string_view part = Trim(piece, kWhitespace);
    if (!TakePart(part, "Credential=", parsed.credential) &&
        !TakePart(part, "SignedHeaders=", parsed.signed_headers) &&
        !TakePart(part, "Signature=", parsed.signature)) {
      return IncompleteSignature("the Authorization header has an unknown or repeated part");
    }
  }
  if (!IsKeyId(parsed.credential) || parsed.signed_headers.empty() || parsed.signature.empty()) {
    return IncompleteSignature(
        "the Authorization header must hold Credential, SignedHeaders and Signature");
  }
  SplitNames(parsed.signed_headers, parsed);
  if (!GoodNames(parsed)) {
    return IncompleteSignature("SignedHeaders must be distinct lower-case names");
  }
  return parsed;
}

bool SignsHeader(const Acs3Authorization& authorization, Headers::Name header) {
  return std::ranges::find(authorization.names, header, &Acs3Authorization::Signed::name) !=
         authorization.names.end();
}

bool SignsHeader(const Acs3Authorization& authorization, std::string_view header) {
  if (const auto name = Headers::NameOf(header); name != Headers::Name::kOther)
    return SignsHeader(authorization, name);
  return std::ranges::any_of(authorization.names, [&](const Acs3Authorization::Signed& name) {
    return EqualsIgnoreCase(name.text, header);
  });
}

Status CheckAcs3SignedHeaders(const Acs3Authorization& authorization, const Headers& headers) {
  using Name = Headers::Name;
  for (const auto& [name, text] :
       {std::pair(Name::kHost, "host"), std::pair(Name::kXAcsDate, "x-acs-date"),
        std::pair(Name::kSignatureNonce, "x-acs-signature-nonce"),
        std::pair(Name::kContentSha256, "x-acs-content-sha256")}) {
    if (!SignsHeader(authorization, name))
      return IncompleteSignature(std::string("SignedHeaders must name ") + text);
  }
  for (const auto& [name, text] : {std::pair(Name::kXAcsDate, "x-acs-date"),
                                   std::pair(Name::kSignatureNonce, "x-acs-signature-nonce"),
                                   std::pair(Name::kContentSha256, "x-acs-content-sha256"),
                                   std::pair(Name::kSecurityToken, "x-acs-security-token"),
                                   std::pair(Name::kAccessKeyId, "x-acs-accesskey-id")}) {
    if (headers.Count(name) > 1)
      return IncompleteSignature(std::string("the header ") + text + " is there twice");
  }
  for (const auto& header : headers.list()) {
    if (StartsWithIgnoreCase(header.first, "x-acs-") && !SignsHeader(authorization, header.first)) {
      return IncompleteSignature("SignedHeaders must name every x-acs- header");
    }
  }
  for (const auto& [text, name] : authorization.names) {
    const bool is_there =
        name != Name::kOther ? headers.Count(name) > 0 : headers.Find(text).has_value();
    if (!is_there) return IncompleteSignature("SignedHeaders names a header that is not there");
  }
  const std::string_view nonce = headers.Get(Name::kSignatureNonce);
  if (nonce.empty() || nonce.size() > kMaxNonceBytes) {
    return IncompleteSignature("x-acs-signature-nonce must have 1 to 128 characters");
  }
  return Ok();
}

Status CheckAcs3Signature(const Acs3Authorization& authorization, const RequestView& request,
                          const Headers& headers, const HmacSha256Key& key) {
  const std::string_view path = request.path.empty() ? "/" : request.path;
  if (IsCanonical(request.query) && FitsAsSent(authorization, request, path, headers, key))
    return Ok();

  const CanonicalQuery query(request.query);
  if (query.size() > kMaxParameters) return IncompleteSignature("there are too many parameters");
  std::string lines;
  AppendHeaderLines(lines, authorization, headers);
  std::string first_text;  // of the strict form: what a refusal shows
  std::string first_canonical;
  std::vector<std::string> queries;
  const auto fits = [&](std::string_view uri, std::string_view rendered) {
    std::string canonical =
        Acs3CanonicalRequest({.method = request.method,
                              .uri = uri,
                              .query = rendered,
                              .header_lines = lines,
                              .signed_headers = authorization.signed_headers,
                              .payload_hash = headers.Get(Headers::Name::kContentSha256)});
    if (ConstantTimeEqual(View(SignatureOf(canonical, key)), authorization.signature)) return true;
    if (first_text.empty()) {
      first_text = Acs3StringToSign(canonical);
      first_canonical = std::move(canonical);
    }
    return false;
  };

  // The strict form fits nearly always; the others are built only when it does not.
  for (const NameForm form : {NameForm::kDecoded, NameForm::kEncoded, NameForm::kLikeGo}) {
    std::optional<std::string> rendered = query.Render(form);
    if (!rendered || std::ranges::find(queries, *rendered) != queries.end()) continue;
    queries.push_back(*std::move(rendered));
    if (fits(path, queries.back())) return Ok();
  }
  std::vector<std::string> uris = {std::string(path)};
  AddOnce(uris, ReencodePath(path));
  AddOnce(uris, ReplaceLikeClients(path));
  for (std::size_t i = 1; i < uris.size(); ++i) {
    for (const std::string& rendered : queries) {
      if (fits(uris[i], rendered)) return Ok();
    }
  }
  return Mismatch(first_text, first_canonical);
}

Status CheckAcs3Body(const RequestView& request, const Headers& headers, bool type_is_signed) {
  if (!request.body.empty() && headers.Find(Headers::Name::kContentType) && !type_is_signed)
    return IncompleteSignature("SignedHeaders must name content-type");
  // Node signs the body of a GET and does not send it (vector acs3-16).
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.body.empty()) return Ok();
  const std::string actual = Hex(Sha256(request.body));
  const std::string_view claimed = headers.Get(Headers::Name::kContentSha256);
  if (actual == claimed) return Ok();
  std::string message =
      "Specified signature does not match our calculation: x-acs-content-sha256 is [";
  message.append(claimed).append("] while the body hashes to [").append(actual).append("].");
  return Refusal("SignatureDoesNotMatch", std::move(message));
}

std::string Acs3CanonicalRequest(const Acs3Parts& parts) {
  std::string out;
  out.reserve(parts.method.size() + parts.uri.size() + parts.query.size() +
              parts.header_lines.size() + parts.signed_headers.size() + parts.payload_hash.size() +
              8);
  out.append(parts.method).append(1, '\n');
  out.append(parts.uri).append(1, '\n');
  out.append(parts.query).append(1, '\n');
  out.append(parts.header_lines).append(1, '\n');
  out.append(parts.signed_headers).append(1, '\n');
  out.append(parts.payload_hash);
  return out;
}

std::string Acs3StringToSign(std::string_view canonical_request) {
  std::string out;
  out.reserve(kAlgorithm.size() + 1 + 64);
  return std::move(out.append(kAlgorithm).append(1, '\n').append(Hex(Sha256(canonical_request))));
}

std::string Acs3Signature(std::string_view secret, std::string_view string_to_sign) {
  return Hex(HmacSha256(secret, string_to_sign));
}

}  // namespace atelier::identity
