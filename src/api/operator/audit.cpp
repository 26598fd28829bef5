// What the documents have no operation for: who changed what, and when (docs/operating.md). RAM
// decides who may read it: atelier:ListAuditRecords.
#include "store/audit.h"

#include <array>
#include <utility>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/audit.h"
#include "store/store.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kStandardResults = 100;
constexpr std::int64_t kMaxResults = 1000;
constexpr std::size_t kScanBatch = 1000;
// What a page reads at most to find its matches: a page may so be short, and is never slow.
constexpr int kMaxScans = 20;

constexpr std::array kParams = {
    Param{.name = "StartTime", .type = Param::Type::kTime, .doc = "Only from then on."},
    Param{.name = "EndTime", .type = Param::Type::kTime, .doc = "Only before then."},
    Param{.name = "Principal", .doc = "Only of this caller: the end of an ARN, as user/ada."},
    Param{.name = "Operation", .doc = "Only of this operation, as DeleteInstance."},
    Param{.name = "Target", .doc = "Only of this target, as an instance id."},
    Param{.name = "MaxResults",
          .type = Param::Type::kInteger,
          .min = 1,
          .max = kMaxResults,
          .standard = kStandardResults},
    Param{.name = "NextToken", .doc = "Of the page before. A page may be short and have one."}};

/// `name`: an ARN, or the end of one from a ':' or '/' on.
bool IsNamed(std::string_view arn, std::string_view name) {
  if (!arn.ends_with(name)) return false;
  const std::size_t begin = arn.size() - name.size();
  return begin == 0 || arn[begin - 1] == ':' || arn[begin - 1] == '/';
}

bool Matches(const model::AuditRecord& record, Args<kParams> args) {
  return (!args.Has("Principal") || IsNamed(record.actor.principal, args.Text("Principal"))) &&
         (!args.Has("Operation") || record.actor.operation == args.Text("Operation")) &&
         (!args.Has("Target") || record.target == args.Text("Target"));
}

wire::AuditRecord Encode(model::AuditRecord record) {
  return {.Time = FormatMillis(record.time),
          .Principal = std::move(record.actor.principal),
          .Operation = std::move(record.actor.operation),
          .Target = std::move(record.target),
          .RequestId = std::move(record.actor.request_id),
          .SourceIp = std::move(record.actor.source_ip)};
}

Answered<wire::ListAuditRecordsAnswer> ListAuditRecords(Context& context, Args<kParams> args) {
  const std::uint64_t wanted = args.Count("MaxResults");
  store::Store::Range range{.limit = kScanBatch, .reverse = true};
  if (const auto start = args.Time("StartTime")) range.from = store::AuditKeysFrom(*start);
  if (const auto end = args.Time("EndTime")) range.to = store::AuditKeysFrom(*end);
  const std::string& token = args.Text("NextToken");
  if (!token.empty() && (range.to.empty() || token < range.to)) range.to = token;

  wire::ListAuditRecordsAnswer answer{.AuditRecords = {}, .Unreadable = 0, .NextToken = {}};
  for (int scan = 0; scan < kMaxScans; ++scan) {
    ATELIER_CO_TRY(const auto records,
                   co_await context.services.store.Scan(store::Kind::kAudit, range));
    for (const store::Record& found : records) {
      if (answer.AuditRecords.size() == wanted) {
        answer.NextToken = range.to;
        co_return Answer(context, answer);
      }
      range.to = found.key;
      auto record = FromJson<model::AuditRecord>(found.body);
      if (!record) {
        ++answer.Unreadable;
      } else if (Matches(*record, args)) {
        answer.AuditRecords.push_back(Encode(*std::move(record)));
      }
    }
    if (records.size() < range.limit) co_return Answer(context, answer);
  }
  answer.NextToken = range.to;
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> AuditOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListAuditRecords>(kAtelierApi, "ListAuditRecords", "GET", "/atelier/v1/auditrecords",
                            "Who changed what, and when: the newest first."),
  });
  return kRows;
}

}  // namespace atelier::api
