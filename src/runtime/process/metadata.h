#pragma once
#include <string_view>

#include "base/result.h"

/// Clouds give each of their machines credentials and start-up data to whoever asks an address from
/// it. What a workload asks would look as if the host did.
namespace atelier::runtime::process {

/// In the network namespace that the calling process is in, where it may administer: forbids the
/// addresses of metadata services, and link-local ones as a whole. The name servers in `resolver`
/// (resolv.conf), which some clouds have at these addresses, still answer DNS. To whoever tries it
/// is EACCES at once. Unavailable: the kernel cannot route by rules.
Status ForbidMetadata(std::string_view resolver);

}  // namespace atelier::runtime::process
