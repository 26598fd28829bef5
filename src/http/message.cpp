#include "http/message.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>

namespace atelier::http {

namespace {

// What Clear keeps: more fields than clients send, none longer than most are.
constexpr std::size_t kMostSpare = 16;
constexpr std::size_t kMostSpareBytes = 256;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// -1: not a hexadecimal digit.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string NetworkOf(std::string_view text) {
  constexpr std::size_t kNetworkBytes = 8;  // of an IPv6 address
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::string whole(text.substr(0, text.find('%')));  // without the zone
  if (::inet_pton(AF_INET6, whole.c_str(), address.data()) != 1) return whole;
  return {address.begin(), address.begin() + kNetworkBytes};
}

bool ListHas(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    const auto first = item.find_first_not_of(" \t");
    item = first == std::string_view::npos ? std::string_view() : item.substr(first);
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (EqualsIgnoreCase(item, token)) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

void Headers::AddCopy(std::string_view name, std::string_view value) {
  if (spare_.empty()) {
    entries_.emplace_back(name, value);
    return;
  }
  Entry& entry = entries_.emplace_back(std::move(spare_.back()));
  spare_.pop_back();
  entry.first.assign(name);
  entry.second.assign(value);
}

void Headers::Clear() {
  for (Entry& entry : entries_) {
    if (spare_.size() == kMostSpare) break;
    if (entry.first.capacity() + entry.second.capacity() <= kMostSpareBytes)
      spare_.push_back(std::move(entry));
  }
  entries_.clear();
  if (entries_.capacity() > kMostSpare) entries_.shrink_to_fit();
}

void Headers::Set(std::string_view name, std::string value) {
  Remove(name);
  Add(std::string(name), std::move(value));
}

void Headers::Remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return EqualsIgnoreCase(entry.first, name); });
}

std::string_view Headers::Get(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (EqualsIgnoreCase(entry.first, name)) return entry.second;
  }
  return {};
}

bool Headers::Has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return EqualsIgnoreCase(entry.first, name); });
}

std::string_view RequestHead::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view RequestHead::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

bool RequestHead::has_body() const {
  if (headers.Has("Transfer-Encoding")) return true;
  const std::string_view length = headers.Get("Content-Length");
  return length.find_first_not_of('0') != std::string_view::npos;
}

std::string PercentDecode(std::string_view text, bool plus_is_blank) {
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  if (!has('%') && !(plus_is_blank && has('+'))) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_blank && c == '+' ? ' ' : c;
  }
  return out;
}

std::string PercentEncode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

}  // namespace atelier::http
