#pragma once
#include "api/api.h"
#include "api/framework/params.h"
#include "api/operation.h"

namespace atelier::api {

/// Puts the region's own name into `path` where ClusterId is one of its further names, so that
/// policies and handlers know the region by one name alone.
void NameRegion(RawParams& path, const Options& options);

/// NotFound, with the kind of what the path names: its ClusterId is no name of this server's
/// region, which the message gives. It says nothing of what there is.
Status InThisRegion(const Operation& operation, const RawParams& path, const Options& options);

}  // namespace atelier::api
