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

constexpr Feature kSnapshots{"Snapshots are", "/api/v2/instances/{InstanceId}/snapshots"};
constexpr Feature kDemos{"Demos are", "/api/v2"};
constexpr Feature kDiagnoses{"Diagnoses are", "/api/v2/diagnoses"};
constexpr Feature kSanityChecks{"Sanity checks are", "/api/v2/sanitychecks/{CheckType}"};
constexpr Feature kTempFiles{.are = "Temporary files are", .path = "/api/v2", .open_to_all = true};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CreateInstanceSnapshot", kSnapshots, "POST"},
    {"GetInstanceSnapshot", kSnapshots, "GET", "/{SnapshotId}"},
    {"ListInstanceSnapshot", kSnapshots, "GET", "", kSnapshotQuery},
    {"DeleteInstanceSnapshot", kSnapshots, "DELETE", "/{SnapshotId}"},
    {"ListDemoCategories", kDemos, "GET", "/democategories"},
    {"ListDemos", kDemos, "GET", "/demos"},
    {"CreateDiagnosis", kDiagnoses, "POST"},
    {"CreateSanityCheckTask", kSanityChecks, "POST"},
    {"GetSanityCheckTask", kSanityChecks, "GET", "/{TaskId}", kCheckTaskQuery},
    {"CreateTempFile", kTempFiles, "POST", "/tempfiles"},
    {"GetTempFile", kTempFiles, "GET", "/tempfiles/{TempFileId}"},
    {"ListTempFiles", kTempFiles, "GET", "/tempfiles", kTempFileQuery},
    {"UpdateTempFile", kTempFiles, "PUT", "/tempfiles/{TempFileId}"},
    {"DeleteTempFile", kTempFiles, "DELETE", "/tempfiles/{TempFileId}"},
    {"CreateTempFileTask", kTempFiles, "POST", "/tempfiletasks"},
    {"GetTempFileTask", kTempFiles, "GET", "/tempfiletasks/{TempFileTaskId}"},
    {"UpdateTempFileTask", kTempFiles, "PUT", "/tempfiletasks/{TempFileTaskId}"},
    {"DeleteTempFileTask", kTempFiles, "DELETE", "/tempfiletasks/{TempFileTaskId}"},
    {"DeleteTempFileTasks", kTempFiles, "PUT", "/batch/tempfiletasks/delete"},
});

}  // namespace

std::span<const Operation> UnimplementedDswOperations() {
  static const UnimplementedTable kTable(kDswApi, kRows);
  return kTable.operations();
}

}  // namespace atelier::api
