#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace atelier::api::wire {

struct AuditRecord {
  std::string Time;  // yyyy-MM-ddTHH:mm:ss.SSSZ
  std::string Principal;
  std::string Operation;
  std::string Target;
  std::string RequestId;
  std::string SourceIp;
};
BOOST_DESCRIBE_STRUCT(AuditRecord, (), (Time, Principal, Operation, Target, RequestId, SourceIp))

struct ListAuditRecordsAnswer {
  std::vector<AuditRecord> AuditRecords;  // the newest first
  std::int64_t Unreadable;                // records of this page that could not be read
  std::string NextToken;                  // for what is older; empty: that was all
};
BOOST_DESCRIBE_STRUCT(ListAuditRecordsAnswer, (), (AuditRecords, Unreadable, NextToken))

}  // namespace atelier::api::wire
