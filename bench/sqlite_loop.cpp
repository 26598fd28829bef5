// What a durable commit costs: inserts single rows, one transaction each, WAL and synchronous=FULL,
// for some seconds, and prints rows a second. Usage: sqlite_loop FILE SECONDS ROW_BYTES
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sqlite3.h>
#include <string>

namespace {

void Require(int result, int wanted, sqlite3* db) {
  if (result == wanted) return;
  std::fprintf(stderr, "sqlite_loop: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: sqlite_loop FILE SECONDS ROW_BYTES\n");
    return 2;
  }
  sqlite3* opened = nullptr;
  const int result = sqlite3_open(argv[1], &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(opened, sqlite3_close);
  Require(result, SQLITE_OK, opened);
  Require(
      sqlite3_exec(opened,
                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                   "CREATE TABLE record(key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
                   nullptr, nullptr, nullptr),
      SQLITE_OK, opened);
  sqlite3_stmt* prepared = nullptr;
  Require(sqlite3_prepare_v2(opened, "INSERT INTO record VALUES(?, ?)", -1, &prepared, nullptr),
          SQLITE_OK, opened);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> insert(prepared, sqlite3_finalize);

  const std::string body(std::strtoul(argv[3], nullptr, 10), 'x');
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::duration<double>(std::strtod(argv[2], nullptr));
  long rows = 0;
  auto now = begin;
  for (; now < end; now = std::chrono::steady_clock::now()) {
    const std::string key = "dsw-" + std::to_string(++rows);
    Require(sqlite3_bind_text(prepared, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC),
            SQLITE_OK, opened);
    Require(
        sqlite3_bind_text(prepared, 2, body.data(), static_cast<int>(body.size()), SQLITE_STATIC),
        SQLITE_OK, opened);
    Require(sqlite3_step(prepared), SQLITE_DONE, opened);
    Require(sqlite3_reset(prepared), SQLITE_OK, opened);
  }
  std::printf("%.1f\n",
              static_cast<double>(rows) / std::chrono::duration<double>(now - begin).count());
  return 0;
}
