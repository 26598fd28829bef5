#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace atelier::gateway {

/// What the caller of a service shows for it: its token in Authorization, as it is or after
/// "Bearer ", or, as the vendor's prediction clients, a signature that is made with it ("EAS ").
class Credential {
 public:
  /// `mount`: the path of `head` up to and with the name. `head` outlives it.
  Credential(const http::RequestHead& head, const std::string& mount);

  enum class Proof : std::uint8_t {
    kNone,
    kToken,
    kSignature,  // of a POST whose body is the one of Content-MD5
  };
  /// Whether, and how, it shows that the caller has `token`. In the time that this takes, no token
  /// is like a wrong one.
  Proof Shows(std::string_view token) const;

 private:
  const http::RequestHead& head_;
  std::string_view shown_;          // the value of Authorization
  std::string_view signature_;      // in it; empty: none
  std::vector<std::string> paths_;  // what the client can have written for the path it signed
};

}  // namespace atelier::gateway
