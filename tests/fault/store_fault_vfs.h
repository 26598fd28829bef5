#pragma once
#include <atomic>
#include <mutex>
#include <sqlite3.h>
#include <stdexcept>

namespace atelier::store {

/// Lies between SQLite and the system for the whole process, and fails calls as it is told. Made
/// before the first store is opened. Threads: any.
///
/// A call that fails does nothing: a write leaves the file as it was, a flush flushes nothing.
class FaultVfs {
 public:
  enum class Call : int { kWrite, kSync, kNone };

  /// From now on the `nth` call of that sort (1 = the next) returns `code`, and so do all after it
  /// for as long as `lasting` says.
  static void Fail(Call call, int nth, int code, bool lasting) {
    state.call = call;
    state.countdown = nth;
    state.code = code;
    state.lasting = lasting;
    state.failed = 0;
  }
  static void Heal() { state.call = Call::kNone; }
  /// From now on calls of that sort wait, until Release.
  static void Hold(Call call) { held = call; }
  /// Until a call waits.
  static void AwaitHeld() { waiting.wait(0); }
  static void Release() {
    held = Call::kNone;
    held.notify_all();
  }
  /// How many calls failed since Fail.
  static int failed() { return state.failed; }

  static void Install() {
    static std::once_flag once;
    std::call_once(once, [] {
      system = sqlite3_vfs_find(nullptr);
      own = *system;
      own.zName = "fault";
      own.xOpen = Open;
      if (sqlite3_vfs_register(&own, 1) != SQLITE_OK) throw std::runtime_error("cannot register");
    });
  }

 private:
  struct State {
    std::atomic<Call> call;
    std::atomic<int> countdown;
    std::atomic<int> code;
    std::atomic<bool> lasting;
    std::atomic<int> failed;
  };

  struct Table {
    std::once_flag once;
    const sqlite3_io_methods* real;
    sqlite3_io_methods faulty;
  };

  static int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags,
                  int* out_flags) {
    const int rc = system->xOpen(system, name, file, flags, out_flags);
    if (rc != SQLITE_OK || file->pMethods == nullptr) return rc;
    // The system has one table of methods for the database and another for files without locks;
    // ours are copies of the two, with two methods replaced.
    Table& table = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? database : other;
    std::call_once(table.once, [&table, file] {
      table.real = file->pMethods;
      table.faulty = *table.real;
      table.faulty.xWrite = Write;
      table.faulty.xSync = Sync;
    });
    file->pMethods = &table.faulty;
    return rc;
  }
  static const sqlite3_io_methods* Real(const sqlite3_file* file) {
    return file->pMethods == &database.faulty ? database.real : other.real;
  }

  static bool ShouldFail(Call call) {
    if (held == call) {
      ++waiting;
      waiting.notify_all();
      held.wait(call);
      --waiting;
    }
    if (state.call != call) return false;
    const int left = --state.countdown;
    if (left > 0 || (left < 0 && !state.lasting)) return false;
    ++state.failed;
    return true;
  }

  static int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return ShouldFail(Call::kWrite) ? state.code.load()
                                    : Real(file)->xWrite(file, data, size, offset);
  }
  static int Sync(sqlite3_file* file, int flags) {
    return ShouldFail(Call::kSync) ? state.code.load() : Real(file)->xSync(file, flags);
  }

  inline static State state{
      .call = Call::kNone, .countdown = 0, .code = 0, .lasting = false, .failed = 0};
  inline static std::atomic<int> waiting = 0;
  inline static std::atomic<Call> held = Call::kNone;
  inline static sqlite3_vfs* system = nullptr;
  inline static sqlite3_vfs own{};
  inline static Table database;
  inline static Table other;
};

}  // namespace atelier::store
