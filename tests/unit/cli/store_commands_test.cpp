// `atelier store`, `backup` and `restore`, on data folders of the test.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/data_folder.h"
#include "cli/run/cli_environment.h"
#include "fault/store_harness.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/sealed_box.h"
#include "model/data_set.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using store::Kind;
using store::Opened;

class StoreCommandsTest : public testing::Test {
 protected:
  /// A data folder as a server leaves it: an account with its key, and a recommender's data set
  /// with its model. `address`: of its database; empty: SQLite.
  DataFolder Furnish(const std::string& name, const std::string& address = "") {
    const DataFolder folder = DataFolder::Open(folder_.path() + "/" + name).value();
    const auto box = identity::SealedBox::Open(folder.SecretKey(), true, *random_).value();
    const auto opened = Open(folder, address);
    identity::IdentityDirectory directory(box);
    (*opened)->AddListener(directory);
    identity::IdentityService identities(**opened, directory, box, clock_, *random_);
    EXPECT_TRUE(test::Run(opened->io(), identities.Bootstrap("main")));
    model::DataSet set;
    set.recommender = model::RecommenderId("airec-1");
    set.version = "20300131080000";
    set.state = model::DataSetState::Ready;
    EXPECT_TRUE(opened->Commit(
        {store::Write::Put(Kind::kRecommenderDataSet, "airec-1/20300131080000", ToJson(set))}));
    fs::create_directories(folder.Recommenders() + "/airec-1");
    Write(ModelOf(folder), "what it has learnt");
    Write(folder.Catalogue(), "{}");
    return folder;
  }
  static std::unique_ptr<Opened> Open(const DataFolder& folder, const std::string& address = "") {
    if (!address.empty()) return std::make_unique<Opened>(folder.Store(), address);
    return std::make_unique<Opened>(store::SqliteOptions{.folder = folder.Store()});
  }
  static std::string ModelOf(const DataFolder& folder) {
    return folder.Recommenders() + "/airec-1/20300131080000.model";
  }

  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What an export of the folder has between its first and last line.
  std::string ContentOf(const DataFolder& folder, const std::string& address = "") {
    const std::string file = folder_.path() + "/content-" + std::to_string(++files_);
    EXPECT_EQ(Line({"store", "export", file, "--data", folder.path(), "--store",
                    address.empty() ? "sqlite" : address}),
              Exit::kDone)
        << said();
    const std::string text = Read(file);
    const std::size_t first = text.find('\n') + 1;
    return text.substr(first, text.rfind('\n', text.size() - 2) + 1 - first);
  }

  Exit Line(std::vector<std::string> words) {
    out_.str("");
    err_.str("");
    return cli::Run(std::move(words), env_);
  }
  std::string said() const { return out_.str() + err_.str(); }
  bool Said(const std::string& text) const { return said().find(text) != std::string::npos; }

  test::TempDir folder_;
  SystemClock clock_;
  std::unique_ptr<Random> random_ = MakeSystemRandom();
  std::ostringstream out_;
  std::ostringstream err_;
  CliEnvironment env_{.out = out_,
                      .err = err_,
                      .environment = [](const char*) { return std::nullopt; },
                      .clock = clock_,
                      .random = *random_};
  int files_ = 0;
};

TEST_F(StoreCommandsTest, MigrateMovesToPostgresAndBackAndKeepsAll) {
  const std::string address = test::Postgres::Shared().NewDatabase();
  const DataFolder folder = Furnish("data");
  const std::string content = ContentOf(folder);
  ASSERT_EQ(Line({"store", "migrate", "--data", folder.path(), "--to", address}), Exit::kDone)
      << said();
  EXPECT_TRUE(Said("Moved"));
  EXPECT_FALSE(fs::exists(folder.Store() + "/atelier.db"));
  EXPECT_TRUE(fs::exists(folder.Store() + "/atelier.db.moved-1")) << "nothing is deleted";
  EXPECT_FALSE(fs::exists(folder.Store() + ".new"));
  EXPECT_EQ(ContentOf(folder, address), content);
  {
    const auto opened = Open(folder, address);  // as a server would
    EXPECT_TRUE(opened->Commit({store::Write::Put(Kind::kEvent, "later", "{}")}));
  }
  EXPECT_EQ(Line({"store", "migrate", "--data", folder.path(), "--to", address}), Exit::kRefused)
      << "it is there";
  const std::string later = ContentOf(folder, address);
  EXPECT_NE(later, content);

  ASSERT_EQ(Line({"store", "migrate", "--data", folder.path(), "--store", address}), Exit::kDone)
      << said();
  EXPECT_EQ(ContentOf(folder), later);
  EXPECT_TRUE(fs::exists(folder.Store() + "/postgres.json.moved-2"));
  // Into another database, and the first one is not believed any more.
  const std::string other = test::Postgres::Shared().NewDatabase();
  ASSERT_EQ(Line({"store", "migrate", "--data", folder.path(), "--to", other}), Exit::kDone)
      << said();
  EXPECT_EQ(ContentOf(folder, other), later);
  EXPECT_EQ(Line({"store", "export", folder_.path() + "/no", "--data", folder.path(), "--store",
                  address}),
            Exit::kRefused);
  EXPECT_TRUE(Said("The store was moved away from this database")) << said();
}

TEST_F(StoreCommandsTest, MigrateNeedsTheStoreForItself) {
  const DataFolder folder = Furnish("data");
  const auto server = Open(folder);
  const std::string address = test::Postgres::Shared().NewDatabase();
  EXPECT_EQ(Line({"store", "migrate", "--data", folder.path(), "--to", address}), Exit::kRefused);
  EXPECT_TRUE(Said("Another process uses the data folder. Stop it")) << said();
  EXPECT_EQ(Line({"store", "migrate", "--data", folder.path()}), Exit::kUsage);
  EXPECT_EQ(Line({"store", "migrate", "--data", folder.path(), "--to", "mysql://x"}), Exit::kUsage);
}

TEST_F(StoreCommandsTest, ExportAndBackupGoOnBesideAServer) {
  const DataFolder folder = Furnish("data");
  const auto server = Open(folder);
  const std::string file = folder_.path() + "/export";
  EXPECT_EQ(Line({"store", "export", file, "--data", folder.path()}), Exit::kDone) << said();
  EXPECT_TRUE(Said("1 models")) << said();
  EXPECT_EQ(Line({"store", "check", file}), Exit::kDone) << said();
  EXPECT_EQ(Line({"store", "check", "--data", folder.path()}), Exit::kDone) << said();
  EXPECT_TRUE(Said("Nothing is wrong."));
  EXPECT_TRUE(server->Commit({store::Write::Put(Kind::kEvent, "later", "{}")}));
  EXPECT_EQ(Line({"store", "export", file, "--data", folder.path()}), Exit::kRefused);
  EXPECT_TRUE(Said("is there already")) << said();
}

TEST_F(StoreCommandsTest, ABackupIsRestoredIntoAnEmptyFolderAndIntoADatabase) {
  const DataFolder folder = Furnish("data");
  const std::string content = ContentOf(folder);
  const std::string backup = folder_.path() + "/backup";
  ASSERT_EQ(Line({"backup", backup + "/", "--data", folder.path()}), Exit::kDone) << said();
  struct stat info{};
  ASSERT_EQ(::stat(backup.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  EXPECT_EQ(Line({"backup", backup, "--data", folder.path()}), Exit::kRefused);
  EXPECT_TRUE(Said("never replaces one")) << said();

  const std::string address = test::Postgres::Shared().NewDatabase();
  for (const std::string& store : {std::string("sqlite"), address}) {
    const std::string data = folder_.path() + "/restored-" + store.substr(0, 6);
    ASSERT_EQ(Line({"restore", backup, "--data", data, "--store", store}), Exit::kDone) << said();
    const DataFolder restored = DataFolder::Find(data).value();
    EXPECT_EQ(Read(restored.SecretKey()), Read(folder.SecretKey()));
    EXPECT_EQ(Read(ModelOf(restored)), "what it has learnt");
    EXPECT_EQ(Read(restored.Catalogue()), "{}");
    EXPECT_EQ(ContentOf(restored, store == "sqlite" ? "" : store), content);
    EXPECT_EQ(Line({"store", "check", "--data", data, "--store", store}), Exit::kDone) << said();
    EXPECT_EQ(Line({"restore", backup, "--data", data, "--store", store}), Exit::kDone);
    EXPECT_TRUE(Said("has come from there already")) << said();
  }
  EXPECT_EQ(Line({"restore", folder_.path(), "--data", folder_.path() + "/x"}), Exit::kNotFound);
  EXPECT_TRUE(Said("is no backup")) << said();
}

TEST_F(StoreCommandsTest, ARestoreNeverMixesTwoStores) {
  const DataFolder folder = Furnish("data");
  const DataFolder other = Furnish("other");
  const std::string backup = folder_.path() + "/backup";
  ASSERT_EQ(Line({"backup", backup, "--data", folder.path()}), Exit::kDone) << said();
  const std::string content = ContentOf(other);
  EXPECT_EQ(Line({"restore", backup, "--data", other.path()}), Exit::kRefused);
  EXPECT_TRUE(Said("is not empty")) << said();
  EXPECT_EQ(ContentOf(other), content);
  fs::rename(other.Store(), other.Store() + ".lost");
  const std::string key = Read(other.SecretKey());
  EXPECT_EQ(Line({"restore", backup, "--data", other.path()}), Exit::kRefused);
  EXPECT_TRUE(Said("is not the key file of the backup")) << said();
  EXPECT_EQ(Read(other.SecretKey()), key);
  EXPECT_FALSE(fs::exists(other.Store() + "/atelier.db"));
}

TEST_F(StoreCommandsTest, AnExportThatTheStoreHasGoneBeyondIsRefused) {
  const DataFolder folder = Furnish("data");
  const std::string file = folder_.path() + "/export";
  ASSERT_EQ(Line({"store", "export", file, "--data", folder.path()}), Exit::kDone) << said();
  {
    const auto server = Open(folder);
    ASSERT_TRUE(server->Commit({store::Write::Put(Kind::kEvent, "later", "{}")}));
  }
  const std::string address = test::Postgres::Shared().NewDatabase();
  EXPECT_EQ(Line({"store", "import", file, "--data", folder.path(), "--store", address}),
            Exit::kRefused);
  EXPECT_TRUE(Said("Export it again")) << said();
  EXPECT_TRUE(fs::exists(folder.Store() + "/atelier.db"));
}

TEST_F(StoreCommandsTest, AnImportNeedsTheKeyFileThatOpensIt) {
  const DataFolder folder = Furnish("data");
  const std::string file = folder_.path() + "/export";
  ASSERT_EQ(Line({"store", "export", file, "--data", folder.path()}), Exit::kDone) << said();
  const std::string data = folder_.path() + "/fresh";
  EXPECT_EQ(Line({"store", "import", file, "--data", data}), Exit::kRefused);
  EXPECT_TRUE(Said("secret.key is missing")) << said();
  ASSERT_TRUE(identity::SealedBox::Open(data + "/secret.key", true, *random_));  // another one
  EXPECT_EQ(Line({"store", "import", file, "--data", data}), Exit::kRefused);
  EXPECT_TRUE(Said("opens none of the access keys")) << said();
  EXPECT_FALSE(fs::exists(data + "/store/atelier.db"));
  EXPECT_FALSE(fs::exists(data + "/recommenders"));
  fs::remove(data + "/secret.key");
  fs::copy(folder.SecretKey(), data + "/secret.key");
  EXPECT_EQ(Line({"store", "import", file, "--data", data}), Exit::kDone) << said();
  EXPECT_EQ(ContentOf(DataFolder::Find(data).value()), ContentOf(folder));
}

TEST_F(StoreCommandsTest, AStoreThatHasComeAsFarAsAnotherDoesNotGiveWayToIt) {
  const DataFolder folder = Furnish("data");
  const DataFolder other = Furnish("other");
  const std::string file = folder_.path() + "/export";
  ASSERT_EQ(Line({"store", "export", file, "--data", folder.path()}), Exit::kDone) << said();
  fs::remove(other.SecretKey());
  fs::copy(folder.SecretKey(), other.SecretKey());
  const std::string address = test::Postgres::Shared().NewDatabase();
  EXPECT_EQ(Line({"store", "import", file, "--data", other.path(), "--store", address}),
            Exit::kRefused);
  EXPECT_TRUE(Said("is another one than what is to take its place")) << said();
  EXPECT_TRUE(fs::exists(other.Store() + "/atelier.db"));
  EXPECT_EQ(Line({"store", "import", file, "--data", folder.path(), "--store", address}),
            Exit::kDone)
      << "and the database is still empty: " << said();
}

TEST_F(StoreCommandsTest, ADamagedBackupLeavesNothing) {
  const DataFolder folder = Furnish("data");
  const std::string backup = folder_.path() + "/backup";
  ASSERT_EQ(Line({"backup", backup, "--data", folder.path()}), Exit::kDone) << said();
  fs::resize_file(backup + "/store.export", fs::file_size(backup + "/store.export") - 1);
  const std::string data = folder_.path() + "/fresh";
  EXPECT_EQ(Line({"restore", backup, "--data", data}), Exit::kRefused);
  EXPECT_TRUE(Said("it ends in the middle")) << said();
  for (const char* name : {"/secret.key", "/catalogue.json", "/recommenders", "/store/atelier.db"})
    EXPECT_FALSE(fs::exists(data + name)) << name;
}

TEST_F(StoreCommandsTest, ABackupWhoseKeyFileWasKeptApartNeedsIt) {
  const DataFolder folder = Furnish("data");
  const std::string backup = folder_.path() + "/backup";
  ASSERT_EQ(Line({"backup", backup, "--data", folder.path()}), Exit::kDone) << said();
  fs::remove(backup + "/secret.key");
  const std::string data = folder_.path() + "/fresh";
  EXPECT_EQ(Line({"restore", backup, "--data", data}), Exit::kRefused);
  EXPECT_TRUE(Said("There is no secret.key in the backup. Copy it to " + data)) << said();
  fs::copy(folder.SecretKey(), data + "/secret.key");
  Write(data + "/catalogue.json", "{ }");
  EXPECT_EQ(Line({"restore", backup, "--data", data}), Exit::kDone) << said();
  EXPECT_TRUE(Said(data + "/catalogue.json differs from the backup's, and stays.")) << said();
  EXPECT_EQ(Read(data + "/catalogue.json"), "{ }");
  EXPECT_EQ(ContentOf(DataFolder::Find(data).value()), ContentOf(folder));
}

TEST_F(StoreCommandsTest, CheckNamesWhatIsDamagedAndWhatToDo) {
  const DataFolder folder = Furnish("data");
  {
    const auto server = Open(folder);
    ASSERT_TRUE(server->Commit({store::Write::Put(Kind::kUser, "ada", "{"),
                                store::Write::Put(static_cast<Kind>(200), "k", "{}")}));
  }
  fs::remove(ModelOf(folder));
  fs::remove(folder.SecretKey());
  ASSERT_TRUE(identity::SealedBox::Open(folder.SecretKey(), true, *random_));  // another one
  EXPECT_EQ(Line({"store", "check", "--data", folder.path()}), Exit::kRefused);
  for (const char* text : {"The User ada cannot be read", "The kind 200 k is of a kind",
                           "does not open 1 of the access keys",
                           "The data set airec-1/20300131080000 has no model", "4 problems"}) {
    EXPECT_TRUE(Said(text)) << text << ": " << said();
  }
  // It is exported all the same, for a later version may know better.
  EXPECT_EQ(Line({"store", "export", folder_.path() + "/export", "--data", folder.path()}),
            Exit::kDone);
  EXPECT_TRUE(Said("has no model in the data folder: it goes without")) << said();
  fs::resize_file(folder_.path() + "/export", 100);
  EXPECT_EQ(Line({"store", "check", folder_.path() + "/export"}), Exit::kRefused);
}

TEST_F(StoreCommandsTest, WhatIsNotThereIsNamed) {
  EXPECT_EQ(Line({"store", "export", folder_.path() + "/x", "--data", folder_.path() + "/no"}),
            Exit::kNotFound);
  EXPECT_TRUE(Said("There is no data folder")) << said();
  EXPECT_EQ(Line({"store", "export", folder_.path() + "/x", "--data", folder_.path()}),
            Exit::kNotFound);
  EXPECT_TRUE(Said("There is no store in SQLite")) << said();
  EXPECT_EQ(Line({"backup", folder_.path() + "/x", "--data", folder_.path()}), Exit::kNotFound);
  EXPECT_FALSE(fs::exists(folder_.path() + "/x"));
  EXPECT_FALSE(fs::exists(folder_.path() + "/x.part"));
  const std::string address = test::Postgres::Shared().NewDatabase();
  EXPECT_EQ(Line({"store", "check", "--data", folder_.path(), "--store", address}),
            Exit::kNotFound);
  EXPECT_TRUE(Said("There is no store in this database")) << said();
}

}  // namespace
}  // namespace atelier::cli
