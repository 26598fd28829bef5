#pragma once
#include <cstdint>
#include <string>

namespace atelier::runtime {

/// What is asked of a host that runs workloads.
enum class Isolation : std::uint8_t {
  kRequire,  // everything that Control::required says, or nothing is run
  kPrefer,   // what it allows
  kOff,      // likewise, but no network of their own
};

/// One way in which a host keeps workloads apart, or holds them to their share.
struct Control {
  std::string name;  // one word
  bool on = false;
  std::string effect;    // if off: what follows from it, and why it is so; for the operator
  std::string remedy;    // if off: what to do
  bool required = true;  // false: only said, also where isolation is required
};

}  // namespace atelier::runtime
