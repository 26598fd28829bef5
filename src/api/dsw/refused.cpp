// Operations of the DSW API whose features this server does not have: known, and refused by name.
#include <array>

#include "api/operation.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr Param kInstanceId{.name = "InstanceId", .in_path = true, .required = true};
constexpr Param kSnapshotId{.name = "SnapshotId", .in_path = true, .required = true};
constexpr Param kCheckType{.name = "CheckType", .in_path = true, .required = true};
constexpr Param kTempFileId{.name = "TempFileId", .in_path = true, .required = true};
constexpr Param kTempFileTaskId{.name = "TempFileTaskId", .in_path = true, .required = true};
constexpr Param kPageNumber{.name = "PageNumber", .type = Type::kInteger, .min = 1};
constexpr Param kPageSize{.name = "PageSize", .type = Type::kInteger, .min = 1};
constexpr Param kSortBy{.name = "SortBy"};
constexpr Param kOrder{.name = "Order", .type = Type::kEnum, .values = "ASC,DESC"};

constexpr std::array kOfInstance = {kInstanceId};
constexpr std::array kOfSnapshot = {kInstanceId, kSnapshotId};
constexpr std::array kSnapshotList = {kInstanceId, kOrder, kPageNumber, kPageSize, kSortBy};
constexpr std::array kOfCheck = {kCheckType};
constexpr std::array kOfCheckTask = {
    kCheckType,
    Param{.name = "TaskId", .in_path = true, .required = true},
    Param{.name = "Verbose", .type = Type::kBoolean},
};
constexpr std::array kTempFileList = {
    Param{.name = "Delimiter"},
    Param{.name = "InstanceId"},
    Param{.name = "Name"},
    kOrder,
    kPageNumber,
    kPageSize,
    Param{.name = "Prefix"},
    kSortBy,
};
constexpr std::array kOfTempFile = {kTempFileId};
constexpr std::array kOfTempFileTask = {kTempFileTaskId};

constexpr std::string_view kSnapshots = "Snapshots are";
constexpr std::string_view kDiagnoses = "Diagnoses are";
constexpr std::string_view kSanityChecks = "Sanity checks are";
constexpr std::string_view kTempFiles = "Temporary files are";

constexpr Operation Refused(std::string_view name, std::string_view method, std::string_view path,
                            std::span<const Param> params, std::string_view refusal) {
  return {.product = Product::kDsw,
          .name = name,
          .version = "2022-01-01",
          .method = method,
          .path = path,
          .params = params,
          .open_to_all = refusal == kTempFiles,
          .refusal = refusal};
}

constexpr auto kRows = std::to_array<Operation>({
    Refused("CreateInstanceSnapshot", "POST", "/api/v2/instances/{InstanceId}/snapshots",
            kOfInstance, kSnapshots),
    Refused("GetInstanceSnapshot", "GET", "/api/v2/instances/{InstanceId}/snapshots/{SnapshotId}",
            kOfSnapshot, kSnapshots),
    Refused("ListInstanceSnapshot", "GET", "/api/v2/instances/{InstanceId}/snapshots",
            kSnapshotList, kSnapshots),
    Refused("DeleteInstanceSnapshot", "DELETE",
            "/api/v2/instances/{InstanceId}/snapshots/{SnapshotId}", kOfSnapshot, kSnapshots),
    Refused("CreateDiagnosis", "POST", "/api/v2/diagnoses", {}, kDiagnoses),
    Refused("CreateSanityCheckTask", "POST", "/api/v2/sanitychecks/{CheckType}", kOfCheck,
            kSanityChecks),
    Refused("GetSanityCheckTask", "GET", "/api/v2/sanitychecks/{CheckType}/{TaskId}", kOfCheckTask,
            kSanityChecks),
    Refused("CreateTempFile", "POST", "/api/v2/tempfiles", {}, kTempFiles),
    Refused("GetTempFile", "GET", "/api/v2/tempfiles/{TempFileId}", kOfTempFile, kTempFiles),
    Refused("ListTempFiles", "GET", "/api/v2/tempfiles", kTempFileList, kTempFiles),
    Refused("UpdateTempFile", "PUT", "/api/v2/tempfiles/{TempFileId}", kOfTempFile, kTempFiles),
    Refused("DeleteTempFile", "DELETE", "/api/v2/tempfiles/{TempFileId}", kOfTempFile, kTempFiles),
    Refused("CreateTempFileTask", "POST", "/api/v2/tempfiletasks", {}, kTempFiles),
    Refused("GetTempFileTask", "GET", "/api/v2/tempfiletasks/{TempFileTaskId}", kOfTempFileTask,
            kTempFiles),
    Refused("UpdateTempFileTask", "PUT", "/api/v2/tempfiletasks/{TempFileTaskId}", kOfTempFileTask,
            kTempFiles),
    Refused("DeleteTempFileTask", "DELETE", "/api/v2/tempfiletasks/{TempFileTaskId}",
            kOfTempFileTask, kTempFiles),
    Refused("DeleteTempFileTasks", "PUT", "/api/v2/batch/tempfiletasks/delete", {}, kTempFiles),
});

}  // namespace

std::span<const Operation> RefusedDswOperations() { return kRows; }

}  // namespace atelier::api
