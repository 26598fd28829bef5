// rooms: cli api
// The command line has a verb for every operation that the server works, each as the operation's
// row has it, or docs/cli.md says why not.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "api/operation.h"
#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

/// Lines that between them ask for every operation. FILE is one with JSON in it.
constexpr const char* kLines = R"(
instance create demo --spec s --image image-1
instance create demo
instance list
instance get dsw-1
instance update dsw-1 --spec s
instance start dsw-1
instance stop dsw-1
instance delete dsw-1
instance open dsw-1
instance events dsw-1
instance lifecycle dsw-1
instance metrics dsw-1 --type CpuCoreUsage
instance metrics dsw-1 --type CpuCoreUsage --since 1h
instance logs dsw-1
instance count 1
instance states --query gpu>0
instance fit
instance fit s --workspace 1 --owner 2
instance script dsw-1
instance timer set dsw-1 --in 2h
instance timer show dsw-1
instance timer delete dsw-1
instance idle set dsw-1 --minutes 30
instance idle show dsw-1
instance idle delete dsw-1
instance idle list dsw-1 dsw-2
instance extend dsw-1
instance link dsw-1
instance stop --query gpu>0 --yes --no-wait
instance job list
instance job get bulk-1
instance job stop bulk-1
instance label set dsw-1 a=b
instance label remove dsw-1 a
service create -f FILE
service apply -f FILE
service update iris -f FILE
service rollback iris
service rollback iris 9
service list
service get iris
service token iris
service logs iris
service traffic iris
service traffic iris --instance i --since 30m --period 60
service start iris
service stop iris
service restart iris
service delete iris
service scale iris 2
service release iris --weight 10
service lock iris all
service label set iris a=b
service label remove iris a
service label list iris
service isolate iris i
service replace iris i
service instances iris
service containers iris i
service events iris
service versions iris
service endpoints iris
service autoscale set iris --max 2 --threshold 5
service autoscale show iris
service autoscale delete iris
service cron set iris --job 0_0_9_*_*_*=4
service cron show iris
service cron delete iris
service clone iris rose
service diagnose iris
service diagnose-instance iris i
gateway list
gateway get gw-1
gateway regions
resource list
resource get eas-r-1
resource services eas-r-1
resource instances eas-r-1
resource specs
service group create g
service group list
service group get g
service group update g --traffic customized
service group delete g
service group endpoints g
recommender create --industry item
recommender list
recommender get airec-1
recommender update airec-1 --name n
recommender upgrade airec-1 --users 1
recommender downgrade airec-1 --users 1
recommender validate airec-1
recommender tasks airec-1
recommender push airec-1 items -f FILE
recommender import airec-1
recommender recommend airec-1 u
recommender extend airec-1
recommender lock airec-1
recommender unlock airec-1
recommender delete airec-1
recommender version list airec-1
recommender version use airec-1 v
recommender version stop airec-1 v
recommender version delete airec-1 v
workspace list
workspace get 1
workspace create name
workspace update 1 --description d
workspace delete 1
workspace members 1
workspace get-member 1 2
workspace add-role 1 2 AlgoOperator
workspace remove-role 1 2 AlgoOperator
workspace config list 1
workspace config get 1 k
workspace config set 1 k v
workspace config apply 1 -f FILE
workspace config delete 1 k
workspace idle show 1
workspace idle set 1 --minutes 60
workspace idle delete 1
workspace add-member 1 2
workspace remove-member 1 2
workspace default
workspace default 1
user list
user create ada
user get ada
user policies ada
user password set ada --file FILE
user password delete ada
user delete ada
key list
key create
key used k
key disable k
key delete k
policy list
policy get p
policy create p --document FILE
policy delete p
policy attach p --user ada
policy attach p --role r
policy detach p --user ada
policy detach p --role r
role list
role get r
role create r --document FILE
role policies r
role assume arn
role delete r
image list
image get image-1
image labels
spec list
clock show
clock advance 1h
whoami
audit --by user/ada
can paidsw:StopInstance dsw-1
console
session list
session end id
orphan list
orphan adopt dsw-1
orphan stop dsw-1
orphan dismiss
)";

/// Operations without a verb, and why: the rows of docs/cli.md.
std::map<std::string, std::string> Without() {
  std::ifstream page(ATELIER_TEST_DATA "/../../docs/cli.md");
  static const std::regex kRow(R"(\| ([A-Za-z]+ [A-Za-z]+) \| (.+) \|)");
  std::map<std::string, std::string> rows;
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) in_table = line == "## Operations without a command";
    std::smatch row;
    if (in_table && std::regex_match(line, row, kRow)) rows[row[1]] = row[2];
  }
  return rows;
}

std::vector<std::string> WordsOf(const std::string& line, const std::string& file) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) {
    if (word == "FILE") {
      words.push_back(file);
      continue;
    }
    std::ranges::replace(word, '_', ' ');  // of cron expressions
    words.push_back(word);
  }
  return words;
}

std::regex PatternOf(std::string_view path) {
  static const std::regex kPiece(R"(\{[^}]*\})");
  return std::regex(std::regex_replace(std::string(path), kPiece, "[^/?]+") + R"((\?.*)?)");
}

bool IsRow(const api::Operation& row, const Asked& asked) {
  return row.name == asked.action && row.version == asked.version && row.method == asked.method &&
         std::regex_match(asked.target, PatternOf(row.path));
}

class CliVerbsTest : public CommandTest {
 protected:
  CliVerbsTest() {
    std::ofstream(file_) << R"({"name":"iris"})" << '\n';
    api_.set_standard("{}");
    api_.Script("ListServices", R"({"Services":[{"ServiceName":"iris","Region":"local",
        "ServiceId":"eas-m-1"}]})");
    for (const char* action : {"CreateService", "CloneService"})
      api_.Script(action, R"({"ServiceName":"iris","Region":"local"})");
    api_.Script("DescribeRegions", R"({"Regions":[{"RegionId":"local"}]})");
    api_.Script("ListGroups", R"({"Groups":[{"Name":"g","ClusterId":"local"}]})");
    api_.Script("DescribeService",
                R"({"Region":"local","CurrentVersion":2,"AccessToken":"t","Status":"Running"})");
    api_.Script("ListServiceVersions", R"({"Versions":[{"ImageId":9,"ServiceConfig":"{}"}]})");
    api_.Script("GetInstance",
                R"({"Status":"Running","JupyterlabUrl":"http://h/","UserCommandId":"uc-1"})");
    api_.Script("ListEcsSpecs", R"({"EcsSpecs":[{"InstanceType":"s"}]})");
    api_.Script("ListImages", R"({"Images":[{"ImageId":"i"}]})");
    const char* none = R"({"Code":"None","Message":"","RequestId":""})";
    api_.Script("DescribeServiceAutoScaler", none, 404);
    api_.Script("DescribeServiceAutoScaler", "{}");
    api_.Script("DescribeServiceCronScaler", none, 404);
    api_.Script("DescribeServiceCronScaler", "{}");
  }

  std::string file_ = folder_.path() + "/file.json";
};

TEST_F(CliVerbsTest, EveryOperationHasAVerbOrTheDocumentsSayWhyNot) {
  std::istringstream lines(kLines);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    EXPECT_EQ(RunLine(WordsOf(line, file_)), Exit::kDone) << line << "\n" << err();
  }
  // Rules that are there are changed.
  EXPECT_EQ(RunLine({"service", "autoscale", "set", "iris", "-f", file_}), Exit::kDone) << err();
  EXPECT_EQ(RunLine({"service", "cron", "set", "iris", "-f", file_}), Exit::kDone) << err();

  std::set<std::string> reached;
  for (const Asked& asked : api_.asked()) {
    const auto row = std::ranges::find_if(
        api::Operations(), [&](const api::Operation& one) { return IsRow(one, asked); });
    if (row == api::Operations().end()) {
      ADD_FAILURE() << asked.action << " " << asked.version << " is no " << asked.method << " "
                    << asked.target;
      continue;
    }
    EXPECT_NE(row->handler, nullptr) << asked.action;
    reached.insert(std::string(api::ProductName(row->product)) + " " + std::string(row->name));
  }
  std::map<std::string, std::string> without = Without();
  for (const api::Operation& row : api::Operations()) {
    const std::string name =
        std::string(api::ProductName(row.product)) + " " + std::string(row.name);
    if (row.handler == nullptr) continue;
    EXPECT_NE(reached.contains(name), without.erase(name) == 1)
        << name
        << (reached.contains(name) ? " has a verb: take it off docs/cli.md"
                                   : " has no verb, and docs/cli.md does not say why");
  }
  for (const auto& [name, why] : without) ADD_FAILURE() << name << " is no operation: " << why;
}

}  // namespace
}  // namespace atelier::cli
