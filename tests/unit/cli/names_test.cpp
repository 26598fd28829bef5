// Names where the API wants ids.
#include <gtest/gtest.h>

#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

using NamesTest = CommandTest;

TEST_F(NamesTest, ANameStandsForTheIdOfTheOneInstanceThatHasIt) {
  api_.Script("ListInstances", R"({"TotalCount":2,"Instances":[
      {"InstanceId":"dsw-1","InstanceName":"nb10","WorkspaceId":"7"},
      {"InstanceId":"dsw-2","InstanceName":"nb1","WorkspaceId":"7"}]})");
  api_.Script("StopInstance", "{}");
  EXPECT_EQ(RunLine({"instance", "stop", "nb1"}), Exit::kDone);
  EXPECT_EQ(out(), "dsw-2\n");
  EXPECT_EQ(api_.asked().at(1).target, "/api/v2/instances/dsw-2/stop");
}

TEST_F(NamesTest, ANameThatSeveralInstancesHaveIsRefusedWithTheirIds) {
  api_.Script("ListInstances", R"({"TotalCount":2,"Instances":[
      {"InstanceId":"dsw-1","InstanceName":"nb1","WorkspaceId":"7"},
      {"InstanceId":"dsw-2","InstanceName":"nb1","WorkspaceId":"9"}]})");
  EXPECT_EQ(RunLine({"instance", "delete", "nb1"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier: 2 instances are named nb1. Give the id of one: dsw-1 (workspace 7), dsw-2 "
            "(workspace 9).\n");
  EXPECT_EQ(Actions(), std::vector<std::string>{"ListInstances"}) << "nothing is changed";
}

TEST_F(NamesTest, ANameThatNothingHasExitsWith5) {
  api_.Script("ListInstances", R"({"TotalCount":0,"Instances":[]})");
  api_.Script("ListWorkspaces", R"({"Workspaces":[]})");
  api_.Script("ListInstance", R"({"result":[]})");
  EXPECT_EQ(RunLine({"instance", "get", "nb1"}), Exit::kNotFound);
  EXPECT_EQ(err(),
            "atelier: There is no instance named nb1.\n"
            "See which instances there are: atelier instance list\n");
  EXPECT_EQ(RunLine({"workspace", "members", "lab"}), Exit::kNotFound);
  EXPECT_EQ(RunLine({"recommender", "get", "shop"}), Exit::kNotFound);
}

TEST_F(NamesTest, NamesOfGatewaysAndResourcesStandForTheirIds) {
  api_.set_standard("{}");
  api_.Script("DescribeRegions", R"({"Regions":[{"RegionId":"local"}]})");
  api_.Script("ListGateway", R"({"Gateways":[{"GatewayId":"gw-1","GatewayName":"default"}]})");
  api_.Script("ListResources", R"({"Resources":[{"ResourceId":"eas-r-1","ResourceName":"host"},
      {"ResourceId":"eas-r-2","ResourceName":"hosts"}]})");
  EXPECT_EQ(RunLine({"gateway", "get", "default"}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("DescribeGateway").target, "/api/v2/gateways/local/gw-1");
  EXPECT_EQ(RunLine({"resource", "get", "host"}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("DescribeResource").target, "/api/v2/resources/local/eas-r-1");
  EXPECT_EQ(RunLine({"resource", "services", "host"}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("ListResourceServices").target,
            "/api/v2/resources/local/eas-r-1/services?PageSize=1000");
  EXPECT_EQ(RunLine({"resource", "instances", "host"}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("ListResourceInstances").target,
            "/api/v2/resources/local/eas-r-1/instances?PageSize=1000");
  EXPECT_EQ(RunLine({"gateway", "get", "other"}), Exit::kNotFound);
  EXPECT_EQ(err(),
            "atelier: There is no gateway named other.\n"
            "See which gateways there are: atelier gateway list\n");
  EXPECT_EQ(RunLine({"resource", "get", "hos"}), Exit::kNotFound);
}

TEST_F(NamesTest, ARoleIsAssumedByItsName) {
  api_.set_standard("{}");
  api_.Script("GetRole", R"({"Role":{"Arn":"acs:ram::7:role/auditor"}})");
  EXPECT_EQ(RunLine({"role", "assume", "auditor"}), Exit::kDone) << err();
  const std::string asked = "/?RoleArn=acs%3Aram%3A%3A7%3Arole%2Fauditor&RoleSessionName=";
  EXPECT_TRUE(api_.asked().back().target.starts_with(asked)) << api_.asked().back().target;
  EXPECT_EQ(RunLine({"role", "assume", "acs:ram::7:role/auditor"}), Exit::kDone) << err();
  EXPECT_TRUE(api_.asked().back().target.starts_with(asked));
  EXPECT_EQ(Actions(), (std::vector<std::string>{"GetRole", "AssumeRole", "AssumeRole"}));
}

TEST_F(NamesTest, TheStartScriptOfAnInstanceIsFoundByItsName) {
  api_.Script("ListInstances", R"({"Instances":[{"InstanceId":"dsw-1","InstanceName":"nb1"}]})");
  api_.Script("GetInstance", R"({"InstanceId":"dsw-1","UserCommandId":"42"})");
  api_.Script("GetInstance", R"({"InstanceId":"dsw-1","UserCommandId":""})");
  api_.Script("GetUserCommand", "{}");
  EXPECT_EQ(RunLine({"instance", "script", "nb1"}), Exit::kDone) << err();
  EXPECT_EQ(api_.asked().back().target, "/api/v2/usercommands/42");
  EXPECT_EQ(RunLine({"instance", "script", "dsw-1"}), Exit::kNotFound);
  EXPECT_EQ(err(), "atelier: Instance dsw-1 has no start script.\n");
  EXPECT_EQ(RunLine({"instance", "script", "42"}), Exit::kDone);
}

TEST_F(NamesTest, TheAuditIsAskedByNames) {
  api_.Script("ListAuditRecords", R"({"AuditRecords":[]})");
  api_.Script("GetUser", R"({"User":{"UserId":"207","UserName":"ada"}})");
  api_.Script("ListUsers", R"({"Users":{"User":[{"UserId":"207","UserName":"ada"}]}})");
  for (const char* by : {"ada", "207", "user/ada"}) {
    EXPECT_EQ(RunLine({"audit", "--by", by}), Exit::kDone) << err();
    EXPECT_EQ(api_.asked().back().target,
              "/atelier/v1/auditrecords?Principal=user%2Fada&MaxResults=100");
  }
  EXPECT_EQ(RunLine({"audit", "--by", "root"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/auditrecords?Principal=root&MaxResults=100");

  const std::string by_target = "/atelier/v1/auditrecords?Target=";
  api_.Script("ListInstances", R"({"Instances":[{"InstanceId":"dsw-1","InstanceName":"nb1",
      "WorkspaceId":"7"},{"InstanceId":"dsw-2","InstanceName":"both","WorkspaceId":"7"}]})");
  api_.Script("ListServices", R"({"Services":[{"ServiceName":"iris"},{"ServiceName":"both"}]})");
  api_.Script("ListGroups", R"({"Groups":[{"Name":"duo"}]})");
  api_.Script("ListInstance", R"({"result":[{"instanceId":"airec-1","name":"shop"}]})");
  api_.Script("ListWorkspaces", R"({"Code":"NoPermission","Message":"","RequestId":""})", 403);
  for (const auto& [name, target] :
       std::vector<std::pair<std::string, std::string>>{{"nb1", "dsw-1"},
                                                        {"iris", "service%2Firis"},
                                                        {"duo", "group%2Fduo"},
                                                        {"shop", "recommender%2Fairec-1"},
                                                        {"dsw-9", "dsw-9"},
                                                        {"user/ada", "user%2Fada"},
                                                        {"gone", "gone"}}) {
    EXPECT_EQ(RunLine({"audit", "--target", name}), Exit::kDone) << err();
    EXPECT_EQ(api_.asked().back().target, by_target + target + "&MaxResults=100");
    EXPECT_EQ(err().empty(), name != "gone") << err();
  }
  EXPECT_EQ(RunLine({"audit", "--target", "both"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier: 2 things are named both. Give the id of one: dsw-2 (workspace 7), "
            "service/both (service).\n");
}

TEST_F(NamesTest, AQueryTakesNamesOfUsersAndWorkspaces) {
  api_.Script("GetUser", R"({"User":{"UserId":"207"}})");
  api_.Script("ListWorkspaces", R"({"Workspaces":[{"WorkspaceId":"7","WorkspaceName":"lab"}]})");
  api_.Script("ListInstances", R"({"TotalCount":0,"Instances":[]})");
  EXPECT_EQ(RunLine({"instance", "list", "--query", "owner:ada workspace:lab"}), Exit::kDone);
  EXPECT_TRUE(
      api_.asked().back().target.starts_with("/api/v2/instances?CreateUserId=207&WorkspaceId=7&"))
      << api_.asked().back().target;
}

TEST_F(NamesTest, UsersWithoutRightsMayNameThemselves) {
  api_.Script("GetUser", R"({"Code":"NoPermission","Message":"M","RequestId":"R"})", 403);
  api_.Script("GetCallerIdentity", R"({"Arn":"acs:ram::1:user/ada","UserId":"207"})");
  api_.Script("ListInstances", R"({"TotalCount":0,"Instances":[]})");
  EXPECT_EQ(RunLine({"instance", "list", "--owner", "ada"}), Exit::kDone) << err();
  EXPECT_EQ(RunLine({"instance", "list", "--owner", "bob"}), Exit::kRefused);
}

}  // namespace
}  // namespace atelier::cli
