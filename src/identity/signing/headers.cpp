#include "identity/signing/headers.h"

#include <algorithm>

#include "base/ascii.h"

namespace atelier::identity {

namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"host", "date", "x-acs-date", "x-acs-action", "content-type", "authorization", "x-acs-version",
     "x-acs-accesskey-id", "x-acs-bearer-token", "x-acs-content-sha256", "x-acs-security-token",
     "x-acs-signature-nonce", "x-acs-signature-method", "x-acs-zero-trust-idtoken"});
static_assert(kNames.size() == static_cast<std::size_t>(Headers::Name::kOther));
static_assert(std::ranges::is_sorted(kNames, {}, &std::string_view::size));

constexpr std::size_t kMax = kNames.back().size();

/// By length: where the names of it begin; those of the next one end them.
constexpr auto kBegin = [] {
  std::array<std::uint8_t, kMax + 2> begin{};
  for (std::size_t length = 0; length < begin.size(); ++length) {
    begin[length] = static_cast<std::uint8_t>(
        std::ranges::count_if(kNames, [&](auto name) { return name.size() < length; }));
  }
  return begin;
}();

}  // namespace

const Headers::List& Headers::Empty() {
  static const List kNone;
  return kNone;
}

Headers::Headers(const List* list) : list_(list != nullptr ? *list : Empty()) {
  for (std::size_t i = 0; i < list_.size(); ++i) {
    Found& found = found_[static_cast<std::size_t>(NameOf(list_[i].first))];
    if (found.count++ == 0) found.first = static_cast<std::uint32_t>(i);
  }
}

Headers::Name Headers::NameOf(std::string_view text) {
  if (text.size() > kMax) return Name::kOther;
  for (std::size_t i = kBegin[text.size()]; i < kBegin[text.size() + 1]; ++i) {
    if (SameLetters(kNames[i], text)) return static_cast<Name>(i);
  }
  return Name::kOther;
}

std::string_view Headers::GetOne(const List* list, std::string_view name) {
  if (list == nullptr) return {};
  for (const auto& [key, value] : *list) {
    if (EqualsIgnoreCase(key, name)) return Trim(value, kWhitespace);
  }
  return {};
}

std::optional<std::string_view> Headers::Find(Name name) const {
  const Found& found = Of(name);
  if (found.count == 0) return std::nullopt;
  return Trim(list_[found.first].second, kWhitespace);
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  if (const Name known = NameOf(name); known != Name::kOther) return Find(known);
  for (const auto& [key, value] : list_) {
    if (EqualsIgnoreCase(key, name)) return Trim(value, kWhitespace);
  }
  return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const {
  if (const Name known = NameOf(name); known != Name::kOther) return Count(known);
  return static_cast<std::size_t>(std::ranges::count_if(
      list_, [&](const auto& header) { return EqualsIgnoreCase(header.first, name); }));
}

}  // namespace atelier::identity
