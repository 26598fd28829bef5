#include "identity/signing/roa.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "identity/signing/canonical.h"
#include "identity/signing/verdict.h"

namespace atelier::identity {

namespace {

/// Tabs and line ends inside a value become blanks, surrounding blanks go.
std::string AcsValue(std::string_view value) {
  std::string out(Trim(value, kWhitespace));
  std::ranges::replace_if(
      out, [](char c) { return c == '\t' || c == '\r' || c == '\n' || c == '\f'; }, ' ');
  return out;
}

std::string AcsLines(const Headers& headers) {
  std::vector<NameValue> acs;
  for (const auto& [name, value] : headers.list()) {
    if (StartsWithIgnoreCase(name, "x-acs-")) acs.emplace_back(ToLower(name), AcsValue(value));
  }
  SortByName(acs);
  std::string lines;
  for (const auto& [name, value] : acs)
    lines.append(name).append(1, ':').append(value).append(1, '\n');
  return lines;
}

/// Decoded, sorted, values of one name joined with a comma (pop-core signs arrays so, and no other
/// client repeats a name).
std::vector<NameValue> Parameters(std::string_view raw) {
  std::vector<NameValue> pairs = ParseQuery(raw);
  SortByName(pairs);
  std::vector<NameValue> joined;
  for (NameValue& pair : pairs) {
    if (!joined.empty() && joined.back().first == pair.first) {
      joined.back().second.append(1, ',').append(pair.second);
    } else {
      joined.push_back(std::move(pair));
    }
  }
  return joined;
}

std::string Resource(std::string_view path, const std::vector<NameValue>& parameters,
                     bool bare_empties) {
  std::string out(path);
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    out += separator;
    separator = '&';
    out += name;
    if (!value.empty() || !bare_empties) out.append(1, '=').append(value);
  }
  return out;
}

/// The path as received and, where decoding cannot move a border nor make another text of it,
/// decoded (section 3.3).
std::vector<std::string> Paths(std::string_view path) {
  if (path.empty()) path = "/";
  std::vector<std::string> paths = {std::string(path)};
  std::string decoded = PercentDecode(path);
  if (decoded == path) return paths;
  for (std::size_t i = 0; i + 2 < path.size(); ++i) {
    if (path[i] != '%') continue;
    const std::string byte = PercentDecode(path.substr(i, 3));
    if (byte.size() == 1 && (std::string_view("/?#%+").find(byte[0]) != std::string_view::npos ||
                             static_cast<unsigned char>(byte[0]) < 0x20 || byte[0] == 0x7F)) {
      return paths;
    }
  }
  paths.push_back(std::move(decoded));
  return paths;
}

/// Whether a part of `value` that begins with '&' reads as a parameter with a name that clients
/// use. What has blanks or quotes there, as JSON has, does not.
bool HoldsParameter(std::string_view value) {
  constexpr std::string_view kName =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  for (std::size_t at = value.find('&'); at != std::string_view::npos; at = value.find('&', at)) {
    const std::size_t begin = ++at;
    const std::size_t end = std::min(value.find_first_not_of(kName, begin), value.size());
    if (end > begin && (end == value.size() || value[end] == '=' || value[end] == '&')) return true;
  }
  return false;
}

}  // namespace

Result<RoaAuthorization> ParseRoaAuthorization(std::string_view value) {
  const std::string_view rest = Trim(value.substr(std::string_view("acs ").size()), kWhitespace);
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || !IsKeyId(rest.substr(0, colon)) ||
      colon + 1 == rest.size()) {
    return IncompleteSignature("the Authorization header must be \"acs <key id>:<signature>\"");
  }
  return RoaAuthorization{.key_id = rest.substr(0, colon), .signature = rest.substr(colon + 1)};
}

Result<bool> CheckRoaSignature(const RoaAuthorization& authorization, const RequestView& request,
                               const Headers& headers, std::string_view secret) {
  const std::vector<NameValue> parameters = Parameters(request.query);
  if (parameters.size() > kMaxParameters)
    return IncompleteSignature("there are too many parameters");
  std::string before_type(request.method);
  before_type.append(1, '\n').append(headers.Get("accept")).append(1, '\n');
  before_type.append(headers.Get("content-md5")).append(1, '\n');
  std::string after_type = "\n";
  after_type.append(headers.Get("date")).append(1, '\n').append(AcsLines(headers));

  std::vector<std::string_view> types = {headers.Get("content-type")};
  if (!types.front().empty()) types.emplace_back("");
  const bool has_empty =
      std::ranges::any_of(parameters, [](const NameValue& pair) { return pair.second.empty(); });

  std::string first;
  for (const std::string& path : Paths(request.path)) {
    for (const std::string_view type : types) {
      for (const bool bare_empties : {true, false}) {
        if (!bare_empties && !has_empty) continue;
        std::string text = before_type;
        text.append(type).append(after_type).append(Resource(path, parameters, bare_empties));
        if (ConstantTimeEqual(Base64(HmacSha1(secret, text)), authorization.signature))
          return type == types.front();
        if (first.empty()) first = std::move(text);
      }
    }
  }
  return OldSchemeMismatch(first);
}

Status CheckRoaBorders(std::string_view query) {
  for (const auto& [name, value] : ParseQuery(query)) {
    if (name.find_first_of("&=") != std::string::npos || HoldsParameter(value)) {
      return IncompleteSignature(
          "this signature does not tell parameters from a text with \"&name\" in it; send it with "
          "ACS3");
    }
  }
  return Ok();
}

Status CheckRoaBody(const RequestView& request, const Headers& headers, bool type_is_signed,
                    bool needs_md5) {
  const auto refused = [](std::string_view why) {
    return Refusal("SignatureDoesNotMatch",
                   "Specified signature does not match our calculation: " + std::string(why));
  };
  if (!request.body.empty() && !type_is_signed)
    return refused("the Content-Type of a body must be signed.");
  const std::string_view claimed = headers.Get("content-md5");
  if (claimed.empty()) {
    const std::string_view type = headers.Get("content-type");
    const bool of_body = StartsWithIgnoreCase(type, "application/json") ||
                         StartsWithIgnoreCase(type, "application/x-www-form-urlencoded");
    if (request.body.empty()) {
      const bool writes = request.method == "POST" || request.method == "PUT";
      if (writes && of_body && type_is_signed)
        return refused("the body that was signed is not there.");
      return Ok();
    }
    if (!of_body) {
      return refused(
          "a body without Content-MD5 must be JSON or a form, and its Content-Type say so.");
    }
    if (!needs_md5) return Ok();
    return IncompleteSignature(
        "without Content-MD5 this signature does not cover the body, which this server takes over "
        "TLS and from its own host only (--roa-content-md5)");
  }
  if (claimed == Base64(Md5(request.body))) return Ok();
  return Refusal("ContentMD5NotMatched", "Content-MD5 does not match the body");
}

}  // namespace atelier::identity
