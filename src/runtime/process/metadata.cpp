#include "runtime/process/metadata.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <optional>
#include <sstream>
#include <string>
#include <sys/socket.h>

#include "base/raii.h"
#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

struct Prefix {
  const char* address;
  std::uint8_t bits;
};

// Vendors' documents say so of each.
constexpr auto kForbidden = std::to_array<Prefix>({
    {"169.254.0.0", 16},          // 169.254.169.254 nearly everywhere, 169.254.170.2 of ECS...
    {"100.100.100.200", 32},      // Alibaba Cloud
    {"168.63.129.16", 32},        // Azure
    {"192.0.0.192", 32},          // Oracle Cloud
    {"fe80::", 10},               // fe80::a9fe:a9fe of OpenStack
    {"fd00:ec2::254", 128},       // AWS
    {"fd00:ec2::23", 128},        // AWS, of EKS
    {"fd20:ce::254", 128},        // Google Cloud
    {"fd00:c1::a9fe:a9fe", 128},  // Oracle Cloud
    {"64:ff9b::a9fe:0", 112},     // 169.254.0.0/16 through NAT64
});

// Before the rule that asks the main table; the lower the sooner.
constexpr std::uint32_t kExceptions = 100;
constexpr std::uint32_t kRefusals = 200;
constexpr std::uint16_t kDns = 53;

struct Address {
  int family = 0;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size() const { return family == AF_INET ? 4 : 16; }
};

std::optional<Address> Parse(const std::string& text) {
  Address address;
  for (const int family : {AF_INET, AF_INET6}) {
    address.family = family;
    if (::inet_pton(family, text.c_str(), address.bytes.data()) == 1) return address;
  }
  return std::nullopt;
}

struct Request {
  nlmsghdr head{};
  fib_rule_hdr rule{};
  std::array<char, 128> attributes{};

  Request(const Address& to, std::uint8_t bits, std::uint8_t action, std::uint32_t priority) {
    head.nlmsg_len = NLMSG_LENGTH(sizeof rule);
    head.nlmsg_type = RTM_NEWRULE;
    head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    rule.family = static_cast<std::uint8_t>(to.family);
    rule.dst_len = bits;
    rule.action = action;
    rule.table = action == FR_ACT_TO_TBL ? RT_TABLE_MAIN : RT_TABLE_UNSPEC;
    Add(FRA_DST, to.bytes.data(), to.size());
    Add(FRA_PRIORITY, &priority, sizeof priority);
  }

  void Add(std::uint16_t type, const void* data, std::size_t size) {
    const std::size_t at = head.nlmsg_len - sizeof head - sizeof rule;
    const rtattr attribute{static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
    std::memcpy(attributes.data() + at, &attribute, sizeof attribute);
    std::memcpy(attributes.data() + at + RTA_LENGTH(0), data, size);
    head.nlmsg_len += static_cast<std::uint32_t>(RTA_ALIGN(RTA_LENGTH(size)));
  }
};
static_assert(sizeof(nlmsghdr) == NLMSG_HDRLEN && sizeof(fib_rule_hdr) % NLMSG_ALIGNTO == 0);

/// Ok where the kernel has no such family: then nothing is reached by it.
Status Send(int netlink, const Request& request) {
  struct Answer {
    nlmsghdr head;
    nlmsgerr error;
    std::array<char, 1024> rest;
  } answer{};
  if (::send(netlink, &request, request.head.nlmsg_len, 0) < 0 ||
      ::recv(netlink, &answer, sizeof answer, 0) <
          static_cast<ssize_t>(sizeof answer.head + sizeof answer.error.error)) {
    return SystemError(Code::kUnavailable, "forbid the metadata addresses", errno);
  }
  const int error = -answer.error.error;
  if (error == 0 || error == EEXIST || error == EAFNOSUPPORT) return Ok();
  return SystemError(Code::kUnavailable, "forbid the metadata addresses", error);
}

Status AllowDns(int netlink, std::string_view resolver) {
  std::istringstream lines{std::string(resolver)};
  for (std::string line; std::getline(lines, line);) {
    std::string key, text;
    std::istringstream(line) >> key >> text;
    const auto server = Parse(text.substr(0, text.find('%')));
    if (key != "nameserver" || !server) continue;
    for (const std::uint8_t protocol : {std::uint8_t{IPPROTO_UDP}, std::uint8_t{IPPROTO_TCP}}) {
      Request allow(*server, static_cast<std::uint8_t>(8 * server->size()), FR_ACT_TO_TBL,
                    kExceptions);
      const fib_rule_port_range port{kDns, kDns};
      allow.Add(FRA_IP_PROTO, &protocol, sizeof protocol);
      allow.Add(FRA_DPORT_RANGE, &port, sizeof port);
      ATELIER_RETURN_IF_ERROR(Send(netlink, allow));
    }
  }
  return Ok();
}

}  // namespace

Status ForbidMetadata(std::string_view resolver) {
  const UniqueFd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!netlink) return SystemError(Code::kUnavailable, "forbid the metadata addresses", errno);
  ATELIER_RETURN_IF_ERROR(AllowDns(netlink.get(), resolver));
  for (const Prefix& prefix : kForbidden) {
    const auto address = Parse(prefix.address);
    if (!address) continue;
    ATELIER_RETURN_IF_ERROR(
        Send(netlink.get(), Request(*address, prefix.bits, FR_ACT_PROHIBIT, kRefusals)));
  }
  return Ok();
}

}  // namespace atelier::runtime::process
