#include <gtest/gtest.h>

#include "directory/directory.h"
#include "directory/index/search.h"

namespace atelier::directory {
namespace {

using enum model::Accessibility;

/// How the viewer stands to the workspace of the instance.
enum class Standing : std::uint8_t { kStranger, kMember, kAdministrator, kMainAccount };

struct Case {
  const char* what;
  Standing standing;
  bool own;
  model::Accessibility accessibility;
  bool seen;
};

// The role table of docs/contract/requests.md section 3, "Who sees what", row by row. It is a table
// of roles in a workspace, so an owner without one is a stranger there, as for GetInstance.
constexpr Case kCases[] = {
    {"a stranger sees nothing, not even PUBLIC", Standing::kStranger, false, PUBLIC, false},
    {"a stranger sees no PRIVATE", Standing::kStranger, false, PRIVATE, false},
    {"an owner who left the workspace does not see his own PRIVATE", Standing::kStranger, true,
     PRIVATE, false},
    {"nor his own PUBLIC", Standing::kStranger, true, PUBLIC, false},
    {"a member sees others' PUBLIC", Standing::kMember, false, PUBLIC, true},
    {"a member does not see others' PRIVATE", Standing::kMember, false, PRIVATE, false},
    {"a member sees his own PRIVATE", Standing::kMember, true, PRIVATE, true},
    {"a member sees his own PUBLIC", Standing::kMember, true, PUBLIC, true},
    {"an administrator sees others' PUBLIC", Standing::kAdministrator, false, PUBLIC, true},
    {"an administrator sees others' PRIVATE", Standing::kAdministrator, false, PRIVATE, true},
    {"an administrator sees his own PRIVATE", Standing::kAdministrator, true, PRIVATE, true},
    {"an administrator sees his own PUBLIC", Standing::kAdministrator, true, PUBLIC, true},
    {"the main account sees others' PRIVATE", Standing::kMainAccount, false, PRIVATE, true},
    {"the main account sees others' PUBLIC", Standing::kMainAccount, false, PUBLIC, true},
};

Viewer MakeViewer(Standing standing) {
  Viewer viewer;
  viewer.user = model::UserId("100");
  viewer.member_of = {model::WorkspaceId("other")};
  viewer.administers = {model::WorkspaceId("another")};
  if (standing == Standing::kMember) viewer.member_of.insert(model::WorkspaceId("ws"));
  if (standing == Standing::kAdministrator) viewer.administers.insert(model::WorkspaceId("ws"));
  viewer.sees_all = standing == Standing::kMainAccount;
  return viewer;
}

TEST(Visibility, FollowsTheRoleTableInListsAndForOneInstance) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    model::Instance instance;
    instance.id = model::InstanceId("dsw-1");
    instance.workspace = model::WorkspaceId("ws");
    instance.owner = model::UserId(c.own ? "100" : "200");
    instance.accessibility = c.accessibility;
    const Viewer viewer = MakeViewer(c.standing);
    Index index;
    index.Put(instance, 1);
    InstanceQuery everywhere;
    EXPECT_EQ(Search(index, viewer, everywhere).total, c.seen ? 1U : 0U);
    InstanceQuery in_workspace;
    in_workspace.workspace = instance.workspace;
    EXPECT_EQ(Search(index, viewer, in_workspace).total, c.seen ? 1U : 0U);
    InstanceQuery by_id;
    by_id.ids = {instance.id};
    EXPECT_EQ(Search(index, viewer, by_id).total, c.seen ? 1U : 0U);
  }
}

}  // namespace
}  // namespace atelier::directory
