#include "identity/signing/acs3.h"

#include <algorithm>
#include <array>
#include <optional>

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
    encoded_only_ = std::ranges::any_of(pairs_, [](const NameValue& pair) {
      return std::ranges::any_of(pair.first, [](char c) {
        return c == '=' || c == '&' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      });
    });
  }

  std::size_t size() const { return pairs_.size(); }

  /// nullopt: the form could fold two parameters into one (section 2.4), or is like an earlier one.
  std::optional<std::string> Render(NameForm form) const {
    if (form != NameForm::kEncoded && encoded_only_) return std::nullopt;
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

std::string HeaderLines(const Acs3Authorization& authorization, const Headers& headers) {
  std::string lines;
  lines.reserve(512);
  for (const std::string_view name : authorization.names) {
    lines.append(name).append(1, ':');
    if (headers.Count(name) > 1)
      AppendJoined(lines, headers, name);
    else
      lines.append(headers.Get(name));
    lines.append(1, '\n');
  }
  return lines;
}

template <class T>
void AddOnce(std::vector<T>& list, T item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

std::vector<std::string_view> SplitNames(std::string_view text) {
  std::vector<std::string_view> names;
  names.reserve(16);  // more than most clients sign
  for (const std::string_view name : Split(text, ';')) {
    names.push_back(name);
    if (names.size() > kMaxSignedHeaders) break;
  }
  return names;
}

/// A name listed twice would sign its value twice: no client does, and it multiplies our work.
bool GoodNames(const std::vector<std::string_view>& names) {
  if (names.size() > kMaxSignedHeaders) return false;
  const auto bad = [](std::string_view name) {
    return name.empty() || std::ranges::any_of(name, [](char c) { return c <= ' ' || IsUpper(c); });
  };
  if (std::ranges::any_of(names, bad)) return false;
  // Clients send them in order, and then no copy is needed to see that all differ.
  const auto not_below = [](std::string_view a, std::string_view b) { return a >= b; };
  if (std::ranges::adjacent_find(names, not_below) == names.end()) return true;
  std::vector<std::string_view> sorted = names;
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end();
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
  parsed.names = SplitNames(parsed.signed_headers);
  if (!GoodNames(parsed.names)) {
    return IncompleteSignature("SignedHeaders must be distinct lower-case names");
  }
  return parsed;
}

bool SignsHeader(const Acs3Authorization& authorization, std::string_view header) {
  return std::ranges::any_of(authorization.names,
                             [&](std::string_view name) { return EqualsIgnoreCase(name, header); });
}

Status CheckAcs3SignedHeaders(const Acs3Authorization& authorization, const Headers& headers) {
  for (const std::string_view name :
       {"host", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}) {
    if (!SignsHeader(authorization, name)) {
      return IncompleteSignature("SignedHeaders must name " + std::string(name));
    }
  }
  for (const std::string_view name : {"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256",
                                      "x-acs-security-token", "x-acs-accesskey-id"}) {
    if (headers.Count(name) > 1) {
      return IncompleteSignature("the header " + std::string(name) + " is there twice");
    }
  }
  for (const auto& header : headers.list()) {
    if (StartsWithIgnoreCase(header.first, "x-acs-") && !SignsHeader(authorization, header.first)) {
      return IncompleteSignature("SignedHeaders must name every x-acs- header");
    }
  }
  for (const std::string_view name : authorization.names) {
    if (!headers.Find(name)) {
      return IncompleteSignature("SignedHeaders names a header that is not there");
    }
  }
  const std::string_view nonce = headers.Get("x-acs-signature-nonce");
  if (nonce.empty() || nonce.size() > kMaxNonceBytes) {
    return IncompleteSignature("x-acs-signature-nonce must have 1 to 128 characters");
  }
  return Ok();
}

Status CheckAcs3Signature(const Acs3Authorization& authorization, const RequestView& request,
                          const Headers& headers, std::string_view secret) {
  const CanonicalQuery query(request.query);
  if (query.size() > kMaxParameters) return IncompleteSignature("there are too many parameters");

  const std::string_view path = request.path.empty() ? "/" : request.path;
  const std::string lines = HeaderLines(authorization, headers);
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
                              .payload_hash = headers.Get("x-acs-content-sha256")});
    std::string text = Acs3StringToSign(canonical);
    if (ConstantTimeEqual(Acs3Signature(secret, text), authorization.signature)) return true;
    if (first_text.empty()) {
      first_text = std::move(text);
      first_canonical = std::move(canonical);
    }
    return false;
  };

  // The strict form alone fits nearly always; the others are built only when it does not.
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
  if (!request.body.empty() && headers.Find("content-type") && !type_is_signed)
    return IncompleteSignature("SignedHeaders must name content-type");
  // Node signs the body of a GET and does not send it (vector acs3-16).
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.body.empty()) return Ok();
  const std::string actual = Hex(Sha256(request.body));
  const std::string_view claimed = headers.Get("x-acs-content-sha256");
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
