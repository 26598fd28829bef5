#include "identity/signing/rpc.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "identity/signing/canonical.h"
#include "identity/signing/headers.h"
#include "identity/signing/verdict.h"

namespace atelier::identity {

namespace {

bool IsForm(const RequestView& request) {
  return StartsWithIgnoreCase(Headers::GetOne(request.headers, "content-type"),
                              "application/x-www-form-urlencoded");
}

bool HoldsSignature(std::string_view raw) {
  static constexpr std::string_view kName = "Signature=";
  return raw.starts_with(kName) || raw.find("&Signature=") != std::string_view::npos;
}

std::string StringToSign(std::string_view method, const std::vector<NameValue>& sorted,
                         bool empties) {
  std::string canonical;
  for (const auto& [name, value] : sorted) {
    if (name == "Signature" || (value.empty() && !empties)) continue;
    if (!canonical.empty()) canonical += '&';
    AppendPercentEncoded(canonical, name);
    canonical += '=';
    AppendPercentEncoded(canonical, value);
  }
  std::string text(method);
  text += "&%2F&";
  AppendPercentEncoded(text, canonical);
  return text;
}

}  // namespace

bool LooksLikeRpc(const RequestView& request) {
  return HoldsSignature(request.query) ||
         (!request.body.empty() && IsForm(request) && HoldsSignature(request.body));
}

Result<RpcParameters> RpcParameters::Parse(const RequestView& request) {
  RpcParameters parameters;
  parameters.sorted_ = ParseQuery(request.query);
  if (!request.body.empty()) {
    // Any other body would be outside the signature.
    if (!IsForm(request) || request.body.size() > kMaxQueryBytes) {
      return IncompleteSignature("the body must be a form of at most 64 KiB");
    }
    std::ranges::move(ParseQuery(request.body), std::back_inserter(parameters.sorted_));
  }
  if (parameters.sorted_.size() > kMaxParameters) {
    return IncompleteSignature("there are too many parameters");
  }
  SortByName(parameters.sorted_);
  if (std::ranges::adjacent_find(parameters.sorted_, {}, &NameValue::first) !=
      parameters.sorted_.end()) {
    return IncompleteSignature("a parameter is there twice");
  }
  return parameters;
}

const NameValue* RpcParameters::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(
      sorted_, name, {}, [](const NameValue& pair) { return std::string_view(pair.first); });
  return found != sorted_.end() && found->first == name ? &*found : nullptr;
}

std::string_view RpcParameters::Get(std::string_view name) const {
  const NameValue* found = Find(name);
  return found == nullptr ? std::string_view() : found->second;
}

Status RpcParameters::CheckSignature(std::string_view method, std::string_view secret) const {
  const std::string key = std::string(secret) + '&';
  const std::string with_empties = StringToSign(method, sorted_, true);
  const auto fits = [&](std::string_view text) {
    return ConstantTimeEqual(Base64(HmacSha1(key, text)), Get("Signature"));
  };
  if (fits(with_empties)) return Ok();
  // Left out of what is signed, an empty parameter is anybody's: only the one that Java's client
  // leaves out, and that means nothing, is let through.
  const bool harmless = std::ranges::all_of(sorted_, [](const NameValue& pair) {
    return !pair.second.empty() || pair.first == "SignatureType";
  });
  if (harmless && fits(StringToSign(method, sorted_, false))) return Ok();
  return OldSchemeMismatch(with_empties);
}

}  // namespace atelier::identity
