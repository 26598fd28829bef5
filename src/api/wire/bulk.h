#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "model/bulk_job.h"

namespace atelier::api::wire {

struct CreateBulkJobRequest {
  model::BulkAction Action{};
  std::map<std::string, std::string> Query;  // the conditions of ListInstances
  std::optional<bool> DryRun;                // true: nothing is changed
  // Of the dry run that was confirmed; required without DryRun.
  std::optional<std::int64_t> Revision;
  std::optional<std::int64_t> TotalCount;
  std::optional<std::string> ClientToken;
};
BOOST_DESCRIBE_STRUCT(CreateBulkJobRequest, (),
                      (Action, Query, DryRun, Revision, TotalCount, ClientToken))

struct BulkInstance {
  std::string InstanceId;
  std::string InstanceName;
  std::string Status;
};
BOOST_DESCRIBE_STRUCT(BulkInstance, (), (InstanceId, InstanceName, Status))

/// Of what a dry run finds, those that would fare alike.
struct BulkShare {
  std::string Outcome;  // Act, Skip, Refuse
  std::string Reason;   // of Skip: AlreadyThere; of Refuse: Ram, Workspace, State
  std::string Message;  // of the first refusal
  std::int64_t Count = 0;
  std::vector<BulkInstance> Instances;  // the first ten by name
};
BOOST_DESCRIBE_STRUCT(BulkShare, (), (Outcome, Reason, Message, Count, Instances))

struct BulkDryRun {
  std::int64_t Revision = 0;
  std::int64_t TotalCount = 0;
  std::map<std::string, std::int64_t> Counts;  // by state, of the states that there are
  std::vector<BulkShare> Shares;
};
BOOST_DESCRIBE_STRUCT(BulkDryRun, (), (Revision, TotalCount, Counts, Shares))

/// One of the two.
struct CreateBulkJobAnswer {
  std::optional<std::string> BulkJobId = {};
  std::optional<BulkDryRun> DryRun = {};
};
BOOST_DESCRIBE_STRUCT(CreateBulkJobAnswer, (), (BulkJobId, DryRun))

struct BulkFailure {
  std::string Code;
  std::string Message;
  std::int64_t Count = 0;
  std::vector<std::string> InstanceIds;
};
BOOST_DESCRIBE_STRUCT(BulkFailure, (), (Code, Message, Count, InstanceIds))

struct BulkJob {
  std::string BulkJobId;
  std::string Action;
  std::map<std::string, std::string> Query;
  std::int64_t Revision = 0;
  std::string Status;  // Running, Stopping, Done, Stopped, Expired
  std::string UserId;
  std::string UserName;
  std::string GmtCreateTime;
  std::optional<std::string> GmtEndTime = {};
  std::int64_t TotalCount = 0;
  // Done + Skipped + Failed + Left = TotalCount. Absent while a restarted server counts.
  std::optional<std::int64_t> Done = {};
  std::optional<std::int64_t> Skipped = {};
  std::optional<std::int64_t> Failed = {};
  std::optional<std::int64_t> Left = {};
  std::optional<std::int64_t> UnderWay = {};  // of Done, those that have not arrived
};
BOOST_DESCRIBE_STRUCT(BulkJob, (),
                      (BulkJobId, Action, Query, Revision, Status, UserId, UserName, GmtCreateTime,
                       GmtEndTime, TotalCount, Done, Skipped, Failed, Left, UnderWay))

struct GetBulkJobAnswer : BulkJob {
  std::vector<BulkFailure> Failures = {};
};
BOOST_DESCRIBE_STRUCT(GetBulkJobAnswer, (BulkJob), (Failures))

struct ListBulkJobsAnswer {
  std::vector<BulkJob> BulkJobs;  // the newest first, without their queries
  std::int64_t TotalCount = 0;
};
BOOST_DESCRIBE_STRUCT(ListBulkJobsAnswer, (), (BulkJobs, TotalCount))

struct BulkJobIdOnly {
  std::string BulkJobId;
};
BOOST_DESCRIBE_STRUCT(BulkJobIdOnly, (), (BulkJobId))

}  // namespace atelier::api::wire
