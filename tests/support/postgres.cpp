#include "support/postgres.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <pwd.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/raii.h"

namespace atelier::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "postgres";  // of the Debian package

/// The programs of the newest version that is installed.
std::string Program(const std::string& name) {
  fs::path newest;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
    if (fs::exists(version.path() / "bin" / name)) newest = std::max(newest, version.path());
  }
  if (newest.empty()) throw std::runtime_error("PostgreSQL is not installed (tools/dev setup)");
  return newest / "bin" / name;
}

/// For the user that the programs run as.
void GiveAway(const std::string& path) {
  if (::geteuid() != 0) return;
  const passwd* user = ::getpwnam(kUser);
  if (user == nullptr || ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("there is no user postgres");
}

void AwaitAnswer(const std::string& address) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(address.c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("there is no answer from " + address);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

pid_t Spawn(std::vector<std::string> command, const std::string& log) {
  // It ends with the test, also with one that is killed.
  std::vector<std::string> words{"setpriv", "--pdeathsig", "QUIT"};
  if (::geteuid() == 0)
    words.insert(words.end(), {"--reuid", kUser, "--regid", kUser, "--clear-groups"});
  words.insert(words.end(), command.begin(), command.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, "setpriv", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot run setpriv");
  return pid;
}

}  // namespace

Postgres::Postgres() : data_(folder_.path() + "/data") {
  GiveAway(folder_.path());
  int status = 0;
  ::waitpid(Spawn({Program("initdb"), "--pgdata", data_, "--auth", "trust", "--username",
                   "postgres", "--no-sync", "--encoding", "UTF8", "--locale", "C"},
                  folder_.path() + "/log"),
            &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed");
  Start();
}

Postgres::~Postgres() { Stop(SIGQUIT); }

Postgres& Postgres::Shared() {
  static Postgres shared;
  return shared;
}

void Postgres::Start() {
  process_ = Spawn({Program("postgres"), "-D", data_, "-k", folder_.path(), "-c",
                    "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=40"},
                   folder_.path() + "/log");
  AwaitAnswer(AddressOf("postgres"));
}

void Postgres::Stop(int signal) {
  if (process_ == 0) return;
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string Postgres::NewDatabase(const std::string& options) {
  const std::string name = "test_" + std::to_string(++databases_);
  Sql("CREATE DATABASE " + name + " " + options);
  return AddressOf(name);
}

std::string Postgres::AddressOf(const std::string& database, const std::string& user) const {
  return "postgres://" + user + "@/" + database + "?host=" + folder_.path();
}

std::vector<std::string> Postgres::Sql(const std::string& address,
                                       const std::string& script) const {
  const std::unique_ptr<PGconn, Call<PQfinish>> connection(PQconnectdb(address.c_str()));
  const std::unique_ptr<PGresult, Call<PQclear>> result(PQexec(connection.get(), script.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  std::vector<std::string> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    std::string& text = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column)
      text += (column == 0 ? "" : "|") + std::string(PQgetvalue(result.get(), row, column));
  }
  return rows;
}

std::vector<std::string> Postgres::Sql(const std::string& script) const {
  return Sql(AddressOf("postgres"), script);
}

PgBouncer::PgBouncer(const Postgres& server) : server_(server) {
  GiveAway(folder_.path());
  const std::string settings = folder_.path() + "/settings";
  std::ofstream(settings) << "[databases]\n* = user=postgres host=" << server.folder()
                          << "\n[pgbouncer]\npool_mode=transaction\nauth_type=any\nlisten_addr=\n"
                             "default_pool_size=3\nserver_idle_timeout=1\nunix_socket_dir="
                          << folder_.path() << "\n";
  process_ = Spawn({"/usr/sbin/pgbouncer", "--quiet", settings}, folder_.path() + "/log");
  AwaitAnswer(Before(server.AddressOf("postgres")));
}

PgBouncer::~PgBouncer() {
  ::kill(process_, SIGQUIT);
  ::waitpid(process_, nullptr, 0);
}

PgBouncer& PgBouncer::Shared() {
  static PgBouncer shared(Postgres::Shared());
  return shared;
}

std::string PgBouncer::Before(const std::string& address) const {
  std::string there = address;
  there.replace(there.find(server_.folder()), server_.folder().size(), folder_.path());
  return there + "&port=6432";
}

}  // namespace atelier::test
