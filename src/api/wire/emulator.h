#pragma once
#include <cstdint>
#include <string>

#include <boost/describe.hpp>

namespace atelier::api::wire {

struct AdvanceRequest {
  std::int64_t Milliseconds;
};
BOOST_DESCRIBE_STRUCT(AdvanceRequest, (), (Milliseconds))

struct ClockAnswer {
  std::string Now;
};
BOOST_DESCRIBE_STRUCT(ClockAnswer, (), (Now))

}  // namespace atelier::api::wire
