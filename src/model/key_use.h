#pragma once
#include <string>

#include <boost/describe.hpp>

#include "base/clock.h"

namespace atelier::model {

/// When a permanent access key signed a request last, to some minutes, from where and of what.
/// Record key: the key's id. Apart from the key's own record, which decides who may do what.
struct KeyUse {
  std::string key;
  WallTime used;
  std::string address;  // of the peer, or what a trusted proxy says
  std::string service;  // the product of the operation: "DSW"
};
BOOST_DESCRIBE_STRUCT(KeyUse, (), (key, used, address, service))

}  // namespace atelier::model
