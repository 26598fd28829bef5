#pragma once
#include <cstdint>
#include <string>

#include <boost/describe.hpp>

namespace atelier {

/// What a server tells of itself in `server.json` of its data folder while it listens, for who
/// looks for it on this machine. A crash leaves it behind: it is true of process `pid` alone.
struct ServerFile {
  std::int64_t pid = 0;
  std::string endpoint;  // "http://127.0.0.1:8080"
};
BOOST_DESCRIBE_STRUCT(ServerFile, (), (pid, endpoint))

inline constexpr const char* kServerFileName = "server.json";

}  // namespace atelier
