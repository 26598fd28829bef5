#include <string>

#include "cli/command/service.h"
#include "cli/run/commands.h"
#include "cli/run/leaf.h"

namespace atelier::cli {

namespace {

void AddServiceChanges(CLI::App& group, Plan& plan) {
  Leaf<CreateServiceOptions> create(group, "create", "Make a service and deploy it");
  create.app()
      .add_option("-f,--file", create.options().file, "File with the service JSON")
      ->required();
  AddWait(create.app(), create.options().wait);
  create.Runs(plan, &CreateService);

  Leaf<ScaleServiceOptions> scale(group, "scale", "Set the number of instances");
  scale.app().add_option("name", scale.options().name, "Service name")->required();
  scale.app()
      .add_option("instances", scale.options().instances, "0 to 1000")
      ->required()
      ->check(CLI::Range(0, 1000));
  AddWait(scale.app(), scale.options().wait);
  scale.Runs(plan, &ScaleService);

  Leaf<DeleteServicesOptions> remove(group, "delete", "End and delete services");
  remove.app().add_option("name", remove.options().names, "Service names")->required();
  AddWait(remove.app(), remove.options().wait);
  remove.Runs(plan, &DeleteServices);
}

void AddServiceLooks(CLI::App& group, Plan& plan) {
  Leaf<ListServicesOptions> list(group, "list", "List services, newest first");
  list.app().add_option("--name", list.options().name, "Part of the name");
  list.app().add_option("--status", list.options().status, "A state");
  list.Runs(plan, &ListServices);

  const auto add_look = [&](const char* name, const char* help, auto command) {
    Leaf<One> leaf(group, name, help);
    leaf.app().add_option("name", leaf.options().value, "Service name")->required();
    leaf.Runs(plan, [command](Session& s, const One& o) { return command(s, o.value); });
  };
  add_look("get", "Show a service", &GetService);
  add_look("instances", "List a service's instances", &ListServiceInstances);
  add_look("events", "Show what happened to a service", &ShowServiceEvents);

  Leaf<ServiceLogsOptions> logs(group, "logs", "Show what a service's instances print");
  logs.app().add_option("name", logs.options().name, "Service name")->required();
  logs.app().add_option("--instance", logs.options().instance, "One instance (default: all)");
  logs.app().add_flag("--previous", logs.options().previous, "Of the run before the present one");
  logs.Runs(plan, &ShowServiceLogs);

  Leaf<CallServiceOptions> call(group, "call", "Call a service with its own token");
  call.app().add_option("name", call.options().name, "Service name")->required();
  call.app().add_option("--path", call.options().path, "Path at the model server (default: /)");
  call.app().add_option("--data", call.options().data,
                        "Body of a POST; @FILE: what the file holds (default: a GET)");
  call.Runs(plan, &CallService);
}

}  // namespace

void AddServices(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "service", "Model services");
  AddServiceChanges(group, plan);
  AddServiceLooks(group, plan);
}

}  // namespace atelier::cli
