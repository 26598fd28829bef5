#include "cli/store/store_commands.h"

#include "cli/run/commands.h"
#include "cli/run/subcommand.h"
#include "cli/store/backup.h"

namespace atelier::cli {

namespace {

void AddPlace(CLI::App& app, StoreOptions& options) {
  app.add_option("--data", options.data, "Data folder of the server")
      ->envname("ATELIER_DATA")
      ->capture_default_str();
  app.add_option("--store", options.store, "Where its records are: sqlite, or postgres://...")
      ->envname("ATELIER_STORE")
      ->capture_default_str();
  app.add_option("--store-dsn-file", options.dsn_file,
                 "File whose first line is the postgres:// address")
      ->envname("ATELIER_STORE_DSN_FILE");
}

void AddFileCommand(CLI::App& group, Plan& plan, const std::string& name, const std::string& help,
                    const std::string& file,
                    Status (*command)(const StoreFileOptions&, CliEnvironment&)) {
  Subcommand<StoreFileOptions> subcommand(group, name, help);
  subcommand.app().add_option("file", subcommand.options().file, file)->required();
  AddPlace(subcommand.app(), subcommand.options().at);
  subcommand.RunsOnHost(plan, command);
}

void AddBackup(CLI::App& root, Plan& plan, const std::string& name, const std::string& help,
               Status (*command)(const BackupOptions&, CliEnvironment&)) {
  Subcommand<BackupOptions> subcommand(root, name, help);
  subcommand.app()
      .add_option("folder", subcommand.options().folder, "Folder of the backup")
      ->required();
  AddPlace(subcommand.app(), subcommand.options().at);
  subcommand.RunsOnHost(plan, command);
}

}  // namespace

void AddStore(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "store", "Move what a server on this host keeps");
  AddFileCommand(group, plan, "export",
                 "Write all records and models to a file, also while the server runs", "New file",
                 &ExportStore);
  AddFileCommand(group, plan, "import", "Fill an empty store from such a file",
                 "File that `store export` wrote", &ImportStore);

  Subcommand<MigrateOptions> migrate(
      group, "migrate",
      "Move the store between SQLite and PostgreSQL, with the server "
      "stopped");
  AddPlace(migrate.app(), migrate.options().from);
  migrate.app()
      .add_option("--to", migrate.options().to, "Where to: sqlite, or postgres://...")
      ->default_val("sqlite");
  migrate.app().add_option("--to-dsn-file", migrate.options().to_dsn_file,
                           "File whose first line is the postgres:// address to move to");
  migrate.RunsOnHost(plan, &MigrateStore);

  Subcommand<StoreFileOptions> check(group, "check",
                                     "Read everything, and say what is damaged and what to do");
  check.app().add_option("file", check.options().file,
                         "File that `store export` wrote (default: the store)");
  AddPlace(check.app(), check.options().at);
  check.RunsOnHost(plan, &CheckStore);

  AddBackup(root, plan, "backup",
            "Write records, models and the key file to a new folder, also while the server runs",
            &Backup);
  AddBackup(root, plan, "restore", "Put a backup into a data folder without a store", &Restore);
}

}  // namespace atelier::cli
