#include "cli/command/orphan.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

void AddOrphans(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "orphan", "Workloads without a record, after a store was lost");
  Subcommand<NoArguments> list(group, "list", "List them, and say whether the store went back");
  AddQuiet(list.app(), plan);
  list.Runs(plan, [](CommandContext& s, NoArguments) { return ListOrphans(s); });

  Subcommand<AdoptOptions> adopt(group, "adopt", "Make an instance of one again");
  AdoptOptions& o = adopt.options();
  adopt.app().add_option("id", o.id, "Id, from the list")->required();
  adopt.app().add_option("--owner", o.owner, "User id or login name, unless it has a record");
  adopt.app().add_option("--workspace", o.workspace, "Workspace name or id (default: the owner's)");
  adopt.app().add_option("--name", o.name, "1 to 27 letters, digits or underscores");
  adopt.app().add_option("--spec", o.spec, "Machine type (default: what it was started with)");
  adopt.app().add_option("--image", o.image,
                         "Image name or id (default: what it was started with)");
  adopt.Runs(plan, &AdoptOrphan);

  Subcommand<StopOrphanOptions> stop(group, "stop", "End them; their files stay");
  stop.app().add_option("id", stop.options().ids, "Ids, from the list")->required();
  stop.app().add_flag("--delete-files", stop.options().delete_files, "Delete their files as well");
  stop.Runs(plan, &StopOrphans);

  Subcommand<NoArguments> dismiss(group, "dismiss",
                                  "Take the store as it is: end the report that it went back");
  dismiss.Runs(plan, [](CommandContext& s, NoArguments) { return DismissStoreReport(s); });
}

}  // namespace atelier::cli
