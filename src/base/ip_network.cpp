#include "base/ip_network.h"

#include <algorithm>
#include <arpa/inet.h>

#include "base/text.h"

namespace atelier {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kMappedBits = 96;

}  // namespace

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::string address(text.substr(0, slash));
  IpNetwork out;
  const bool plain_v4 = ::inet_pton(AF_INET, address.c_str(), &out.address[12]) == 1;
  if (plain_v4) {
    std::ranges::copy(kMappedPrefix, out.address.begin());
  } else {
    address.resize(std::min(address.find('%'), address.size()));  // the zone of a link-local peer
    if (::inet_pton(AF_INET6, address.c_str(), out.address.data()) != 1) return std::nullopt;
  }
  const int most = plain_v4 ? 32 : 128;
  int prefix = most;
  if (slash != std::string_view::npos) {
    prefix = ParseNumber<int>(text.substr(slash + 1)).value_or(-1);
    if (prefix < 0 || prefix > most) return std::nullopt;
  }
  out.prefix = plain_v4 ? prefix + kMappedBits : prefix;
  out.v4 = out.prefix >= kMappedBits &&
           std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), out.address.begin());
  return out;
}

bool IpNetwork::Contains(const IpNetwork& one) const {
  if (v4 != one.v4) return false;
  for (int bit = 0; bit < prefix; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int left = std::min(8, prefix - bit);
    const auto mask = static_cast<std::uint8_t>(0xFFU << (8U - static_cast<unsigned>(left)));
    if (((address.at(at) ^ one.address.at(at)) & mask) != 0) return false;
  }
  return true;
}

std::string IpNetwork::AddressText() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  // Of a family and in a buffer that are right, it cannot fail.
  ::inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? &address[12] : address.data(), text.data(),
              text.size());
  return text.data();
}

}  // namespace atelier
