// Lists of more than one page.
#include <gtest/gtest.h>

#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

using PagesTest = CommandTest;

/// Two pages of each kind of list, and the second is asked for as its operation wants it.
TEST_F(PagesTest, EveryListIsReadToItsEnd) {
  struct List {
    std::vector<std::string> line;
    std::string action;
    std::string first;
    std::string second;
    std::string target;  // of the second
    std::string ids;
  };
  api_.Script("DescribeRegions", R"({"Regions":[{"RegionId":"local"}]})");
  for (const List& list : std::vector<List>{
           {{"service", "list"},
            "ListServices",
            R"({"TotalCount":2,"Services":[{"ServiceName":"a"}]})",
            R"({"TotalCount":2,"Services":[{"ServiceName":"b"}]})",
            "/api/v2/services?PageNumber=2&PageSize=1000",
            "a\nb\n"},
           {{"workspace", "list"},
            "ListWorkspaces",
            R"({"TotalCount":2,"Workspaces":[{"WorkspaceId":"1"}]})",
            R"({"TotalCount":2,"Workspaces":[{"WorkspaceId":"2"}]})",
            "/api/v1/workspaces?PageNumber=2&PageSize=1000",
            "1\n2\n"},
           {{"workspace", "members", "7"},
            "ListMembers",
            R"({"TotalCount":2,"Members":[{"UserId":"1"}]})",
            R"({"TotalCount":2,"Members":[{"UserId":"2"}]})",
            "/api/v1/workspaces/7/members?PageNumber=2&PageSize=1000",
            "1\n2\n"},
           {{"image", "list"},
            "ListImages",
            R"({"TotalCount":2,"Images":[{"ImageId":"i"}]})",
            R"({"TotalCount":2,"Images":[{"ImageId":"j"}]})",
            "/api/v1/images?PageNumber=2&PageSize=1000",
            "i\nj\n"},
           {{"service", "group", "list"},
            "ListGroups",
            R"({"TotalCount":2,"Groups":[{"Name":"a"}]})",
            R"({"TotalCount":2,"Groups":[{"Name":"b"}]})",
            "/api/v2/groups?PageNumber=2&PageSize=1000",
            "a\nb\n"},
           {{"gateway", "list"},
            "ListGateway",
            R"({"TotalCount":2,"Gateways":[{"GatewayId":"a"}]})",
            R"({"TotalCount":2,"Gateways":[{"GatewayId":"b"}]})",
            "/api/v2/gateways?PageNumber=2&PageSize=1000",
            "a\nb\n"},
           {{"resource", "services", "eas-r-1"},
            "ListResourceServices",
            R"({"TotalCount":2,"Services":[{"ServiceName":"a"}]})",
            R"({"TotalCount":2,"Services":[{"ServiceName":"b"}]})",
            "/api/v2/resources/local/eas-r-1/services?PageNumber=2&PageSize=1000",
            "a\nb\n"},
           {{"instance", "lifecycle", "dsw-1"},
            "GetLifecycle",
            R"({"TotalCount":2,"Lifecycle":[[{"GmtCreateTime":"b"},{"GmtCreateTime":"c"}]]})",
            R"({"TotalCount":2,"Lifecycle":[[{"GmtCreateTime":"a"}]]})",
            "/api/v2/instances/dsw-1/lifecycle?SessionNumber=1&Limit=1000",
            "b\nc\na\n"},
           {{"role", "list"},
            "ListRoles",
            R"({"Roles":{"Role":[{"RoleName":"a"}]},"Marker":"a"})",
            R"({"Roles":{"Role":[{"RoleName":"b"}]}})",
            "/?Marker=a&MaxItems=1000",
            "a\nb\n"},
           // A page may be short, or empty, and have another one behind it.
           {{"audit"},
            "ListAuditRecords",
            R"({"AuditRecords":[],"NextToken":"t"})",
            R"({"AuditRecords":[{"Time":"x"}]})",
            "/atelier/v1/auditrecords?NextToken=t&MaxResults=100",
            "x\n"},
       }) {
    api_.Script(list.action, list.first);
    api_.Script(list.action, list.second);
    std::vector<std::string> line = list.line;
    line.emplace_back("-q");
    EXPECT_EQ(RunLine(line), Exit::kDone) << list.action << err();
    EXPECT_EQ(out(), list.ids) << list.action;
    EXPECT_EQ(api_.asked().back().target, list.target);
  }
}

TEST_F(PagesTest, TheIdsOfInstancesAreAllUnlessAPageIsAskedFor) {
  api_.Script("ListInstances", R"({"TotalCount":2,"Instances":[{"InstanceId":"dsw-1"}]})");
  api_.Script("ListInstances", R"({"TotalCount":2,"Instances":[{"InstanceId":"dsw-2"}]})");
  EXPECT_EQ(RunLine({"instance", "list", "-q"}), Exit::kDone);
  EXPECT_EQ(out(), "dsw-1\ndsw-2\n");
  for (const char* option : {"--limit", "--page-size", "--page"}) {
    EXPECT_EQ(RunLine({"instance", "list", "-q", option, "1"}), Exit::kDone);
    EXPECT_EQ(out(), "dsw-2\n") << option;
  }
}

TEST_F(PagesTest, AListOfSoManyEndsThere) {
  api_.Script("ListAuditRecords",
              R"({"AuditRecords":[{"Time":"1"},{"Time":"2"}],"NextToken":"t"})");
  api_.Script("ListAuditRecords", R"({"AuditRecords":[{"Time":"3"}],"NextToken":"u"})");
  EXPECT_EQ(RunLine({"audit", "--limit", "3", "-q"}), Exit::kDone) << err();
  EXPECT_EQ(out(), "1\n2\n3\n");
  EXPECT_EQ(api_.asked().size(), 2U);
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/auditrecords?NextToken=t&MaxResults=1");
}

}  // namespace
}  // namespace atelier::cli
