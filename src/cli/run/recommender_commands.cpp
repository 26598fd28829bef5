#include <map>
#include <string>

#include "cli/command/recommender.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

namespace {

void AddRecommenderChanges(CLI::App& group, Plan& plan) {
  Subcommand<CreateRecommenderOptions> create(group, "create", "Create a recommender");
  CreateRecommenderOptions& o = create.options();
  create.app()
      .add_option("--industry", o.industry, "content, item or news")
      ->required()
      ->check(CLI::IsMember({"content", "item", "news"}));
  create.app().add_option("--name", o.name, "At most 30 letters, digits, '_' or '-'");
  create.app().add_option("--scene", o.scene, "gul, rr, hot or focus");
  create.app()
      .add_option("--months", o.months, "Term: 1 to 10, or 12")
      ->check(CLI::Range(1, 12))
      ->capture_default_str();
  create.app().add_flag("--auto-renew", o.auto_renew, "Renew the term when it ends");
  create.Runs(plan, &CreateRecommender);

  Subcommand<ExtendRecommenderOptions> extend(group, "extend",
                                              "Extend the term, even of one that expired");
  extend.app().add_option("id", extend.options().id, "Recommender name or id")->required();
  extend.app()
      .add_option("--months", extend.options().months, "1 to 10, or 12")
      ->check(CLI::Range(1, 12))
      ->capture_default_str();
  extend.Runs(plan, &ExtendRecommender);
}

void AddRecommenderData(CLI::App& group, Plan& plan) {
  Subcommand<PushOptions> push(group, "push", "Push documents into a table");
  push.app().add_option("id", push.options().id, "Recommender name or id")->required();
  push.app()
      .add_option("table", push.options().table, "user, item or behavior")
      ->required()
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, std::string>{{"user", "user"},
                                                                     {"users", "user"},
                                                                     {"item", "item"},
                                                                     {"items", "item"},
                                                                     {"behavior", "behavior"},
                                                                     {"behaviors", "behavior"}}));
  push.app()
      .add_option("-f,--file", push.options().file,
                  "File with a JSON array, or with one JSON object a line: the fields of each, or "
                  "{\"cmd\": ..., \"fields\": ...}")
      ->required();
  push.Runs(plan, &PushDocuments);

  Subcommand<ImportOptions> import(group, "import",
                                   "Build a new version from the pushed data, and use it");
  import.app().add_option("id", import.options().id, "Recommender name or id")->required();
  AddWait(import.app(), import.options().wait);
  import.Runs(plan, &ImportDocuments);

  Subcommand<RecommendOptions> recommend(group, "recommend", "Recommend items to a user");
  RecommendOptions& o = recommend.options();
  recommend.app().add_option("id", o.id, "Recommender name or id")->required();
  recommend.app().add_option("user", o.user, "User id")->required();
  AddLimit(recommend.app(), o.count, 50, "--count", "At most so many items");
  recommend.app()
      .add_option("--type", o.type, "gul (to the user), rr (to --items) or hot (what is popular)")
      ->check(CLI::IsMember({"gul", "rr", "hot"}));
  recommend.app().add_option("--items", o.items, "ITEM:TYPE,... that it starts from (--type rr)");
  recommend.app().add_option("--scene", o.scene, "Only items of this scene");
  recommend.Runs(plan, &Recommend);
}

}  // namespace

void AddRecommenders(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "recommender", "Recommenders");
  AddRecommenderChanges(group, plan);
  Subcommand<ListRecommendersOptions> list(group, "list", "List recommenders, newest first");
  list.app().add_option("--name", list.options().name, "Part of the name");
  list.app()
      .add_option("--status", list.options().status, "Initializing, Ready or Running")
      ->check(CLI::IsMember({"Initializing", "Ready", "Running"}));
  AddQuery(list.app(), list.options().query, "name~shop status:Ready");
  AddQuiet(list.app(), plan);
  list.Runs(plan, &ListRecommenders);
  Subcommand<OneArgument> get(group, "get", "Show a recommender, its data and its versions");
  get.app().add_option("id", get.options().value, "Recommender name or id")->required();
  get.Runs(plan,
           [](CommandContext& s, const OneArgument& o) { return GetRecommender(s, o.value); });
  AddRecommenderData(group, plan);
  Group(group, "version", "What imports made");
  AddVerbs(group, plan, RecommenderVerbs());
}

}  // namespace atelier::cli
