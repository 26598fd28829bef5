#include "http/message.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>

#include "base/text.h"

namespace atelier::http {

namespace {

// What Clear keeps: more fields than clients send, and not much of them in all.
constexpr std::size_t kMaxSpare = 16;
constexpr std::size_t kMaxSpareBytes = 4096;

std::size_t SizeOf(const Headers::Entry& entry) {
  return entry.first.capacity() + entry.second.capacity();
}

}  // namespace

bool IsLoopback(std::string_view text) { return text == "::1" || text.starts_with("127."); }

std::string NetworkOf(std::string_view text) {
  constexpr std::size_t kNetworkBytes = 7;  // of an IPv6 address
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::string whole(text.substr(0, text.find('%')));  // without the zone
  if (::inet_pton(AF_INET6, whole.c_str(), address.data()) != 1) return whole;
  return {address.begin(), address.begin() + kNetworkBytes};
}

bool ListHas(std::string_view list, std::string_view token) {
  return std::ranges::any_of(Split(list, ',', Trailing::kDrop), [&](std::string_view item) {
    return EqualsIgnoreCase(Trim(item), token);
  });
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
  std::size_t bytes = 0;
  for (const Entry& entry : spare_) bytes += SizeOf(entry);
  std::size_t kept = 0;
  for (; kept < std::min(entries_.size(), kMaxSpare - spare_.size()); ++kept) {
    bytes += SizeOf(entries_[kept]);
    if (bytes > kMaxSpareBytes) break;
  }
  // The last first: each field of a head like this one finds the memory of its own.
  for (; kept > 0; --kept) spare_.push_back(std::move(entries_[kept - 1]));
  entries_.clear();
  if (entries_.capacity() > kMaxSpare) entries_.shrink_to_fit();
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

}  // namespace atelier::http
