#pragma once
#include <cstdint>

#include "base/id.h"

namespace atelier::model {

using AccountId = Id<struct AccountIdTag>;  // decimal text
using UserId =
    Id<struct UserIdTag>;  // decimal text; the main account's own identity has UserId == AccountId
using WorkspaceId = Id<struct WorkspaceIdTag>;  // decimal text
using InstanceId = Id<struct InstanceIdTag>;  // "dsw-" + lower-case alphanumerics; a workload's id
using ServiceId = Id<struct ServiceIdTag>;    // "eas-m-" + lower-case alphanumerics
using RecommenderId = Id<struct RecommenderIdTag>;  // "airec-cn-" + lower-case alphanumerics

/// Counts the lives of one workload: every start or restart is a new generation. Fences late
/// answers.
using Generation = std::int64_t;
/// Store-wide commit number; grows by one with each committed batch.
using Revision = std::int64_t;

}  // namespace atelier::model
