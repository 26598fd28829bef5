#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atelier {

/// A range of IP addresses. IPv4 in its IPv6-mapped form and the other way round are the same
/// address. Threads: a value.
struct IpNetwork {
  std::array<std::uint8_t, 16> address{};
  int prefix = 128;  // of the 128 bits; an IPv4 range has 96 more than its own
  bool v4 = false;

  /// An address, or one with "/prefix". nullopt: neither.
  static std::optional<IpNetwork> Parse(std::string_view text);
  bool Contains(const IpNetwork& one) const;
  /// The address as it is usually written, without the prefix.
  std::string AddressText() const;
};

}  // namespace atelier
