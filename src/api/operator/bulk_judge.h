#pragma once
#include <string>

#include "api/dsw/list_query.h"
#include "api/operation.h"
#include "control/dsw/bulk_jobs.h"

namespace atelier::api {

/// The operation that a job's action is for one instance.
const Operation& OperationOf(model::BulkAction action);

/// The conditions of a job. InvalidArgument: a name that is no condition of ListInstances, or what
/// ListInstances refuses.
Result<ArgValues> DecodeConditions(const std::map<std::string, std::string>& query);

/// What jobs ask of the gates and of the query language. Keeps copies of both arguments.
control::BulkJudge MakeBulkJudge(const Services& services, const Options& options);

}  // namespace atelier::api
