// Operations of the DSW API whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr Param kPageNumber{.name = "PageNumber", .type = Type::kInteger, .min = 1};
constexpr Param kPageSize{.name = "PageSize", .type = Type::kInteger, .min = 1};
constexpr Param kSortBy{.name = "SortBy"};
constexpr Param kOrder{.name = "Order", .type = Type::kEnum, .values = "ASC,DESC"};

constexpr std::array kSnapshotQuery = {kOrder, kPageNumber, kPageSize, kSortBy};
constexpr std::array kCheckTaskQuery = {Param{.name = "Verbose", .type = Type::kBoolean}};
constexpr std::array kTempFileQuery = {
    Param{.name = "Delimiter"},
    Param{.name = "InstanceId"},
    Param{.name = "Name"},
    kOrder,
    kPageNumber,
    kPageSize,
    Param{.name = "Prefix"},
    kSortBy,
};

constexpr std::string_view kSnapshots = "Snapshots are";
constexpr std::string_view kDiagnoses = "Diagnoses are";
constexpr std::string_view kSanityChecks = "Sanity checks are";
constexpr std::string_view kTempFiles = "Temporary files are";

/// Everybody has files of their own, by the role table.
constexpr UnimplementedRow OfFiles(std::string_view name, std::string_view method,
                                   std::string_view path, std::span<const Param> query = {}) {
  return {.name = name,
          .method = method,
          .path = path,
          .refusal = kTempFiles,
          .query = query,
          .open_to_all = true};
}

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CreateInstanceSnapshot", "POST", "/api/v2/instances/{InstanceId}/snapshots", kSnapshots},
    {"GetInstanceSnapshot", "GET", "/api/v2/instances/{InstanceId}/snapshots/{SnapshotId}",
     kSnapshots},
    {"ListInstanceSnapshot", "GET", "/api/v2/instances/{InstanceId}/snapshots", kSnapshots,
     kSnapshotQuery},
    {"DeleteInstanceSnapshot", "DELETE", "/api/v2/instances/{InstanceId}/snapshots/{SnapshotId}",
     kSnapshots},
    {"CreateDiagnosis", "POST", "/api/v2/diagnoses", kDiagnoses},
    {"CreateSanityCheckTask", "POST", "/api/v2/sanitychecks/{CheckType}", kSanityChecks},
    {"GetSanityCheckTask", "GET", "/api/v2/sanitychecks/{CheckType}/{TaskId}", kSanityChecks,
     kCheckTaskQuery},
    OfFiles("CreateTempFile", "POST", "/api/v2/tempfiles"),
    OfFiles("GetTempFile", "GET", "/api/v2/tempfiles/{TempFileId}"),
    OfFiles("ListTempFiles", "GET", "/api/v2/tempfiles", kTempFileQuery),
    OfFiles("UpdateTempFile", "PUT", "/api/v2/tempfiles/{TempFileId}"),
    OfFiles("DeleteTempFile", "DELETE", "/api/v2/tempfiles/{TempFileId}"),
    OfFiles("CreateTempFileTask", "POST", "/api/v2/tempfiletasks"),
    OfFiles("GetTempFileTask", "GET", "/api/v2/tempfiletasks/{TempFileTaskId}"),
    OfFiles("UpdateTempFileTask", "PUT", "/api/v2/tempfiletasks/{TempFileTaskId}"),
    OfFiles("DeleteTempFileTask", "DELETE", "/api/v2/tempfiletasks/{TempFileTaskId}"),
    OfFiles("DeleteTempFileTasks", "PUT", "/api/v2/batch/tempfiletasks/delete"),
});

}  // namespace

std::span<const Operation> RefusedDswOperations() {
  static const RefusedTable kTable(Product::kDsw, "2022-01-01", kRows);
  return kTable.operations();
}

}  // namespace atelier::api
