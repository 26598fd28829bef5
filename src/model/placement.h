#pragma once
#include <string>

#include <boost/describe.hpp>

namespace atelier::model {

/// Where a workload runs, as its driver tells; empty: there is no such name or address.
struct Placement {
  std::string host_ip;
  std::string host_name;  // what the workload itself is called there
  std::string inner_ip;
  std::string zone;
  friend bool operator==(const Placement&, const Placement&) = default;
};
BOOST_DESCRIBE_STRUCT(Placement, (), (host_ip, host_name, inner_ip, zone))

}  // namespace atelier::model
