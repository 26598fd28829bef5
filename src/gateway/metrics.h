#pragma once
#include <string>

#include "gateway/gateway.h"
#include "gateway/service_gateway.h"

namespace atelier::gateway {

/// What passed the gateways since the server started, in the Prometheus text format: with names of
/// nobody.
void AppendMetrics(std::string& out, const Gateway& notebooks, const ServiceGateway& services);

}  // namespace atelier::gateway
