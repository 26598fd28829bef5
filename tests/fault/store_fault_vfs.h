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
    state_.call = call;
    state_.countdown = nth;
    state_.code = code;
    state_.lasting = lasting;
    state_.failed = 0;
  }
  static void Heal() { state_.call = Call::kNone; }
  /// From now on calls of that sort wait, until Release.
  static void Hold(Call call) { held_ = call; }
  /// Until a call waits.
  static void AwaitHeld() { waiting_.wait(0); }
  static void Release() {
    held_ = Call::kNone;
    held_.notify_all();
  }
  /// How many calls failed since Fail.
  static int failed() { return state_.failed; }

  static void Install() {
    static std::once_flag once;
    std::call_once(once, [] {
      system_ = sqlite3_vfs_find(nullptr);
      own_ = *system_;
      own_.zName = "fault";
      own_.xOpen = Open;
      if (sqlite3_vfs_register(&own_, 1) != SQLITE_OK) throw std::runtime_error("cannot register");
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
    const int rc = system_->xOpen(system_, name, file, flags, out_flags);
    if (rc != SQLITE_OK || file->pMethods == nullptr) return rc;
    // The system has one table of methods for the database and another for files without locks;
    // ours are copies of the two, with two methods replaced.
    Table& table = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? database_ : other_;
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
    return file->pMethods == &database_.faulty ? database_.real : other_.real;
  }

  static bool ShouldFail(Call call) {
    if (held_ == call) {
      ++waiting_;
      waiting_.notify_all();
      held_.wait(call);
      --waiting_;
    }
    if (state_.call != call) return false;
    const int left = --state_.countdown;
    if (left > 0 || (left < 0 && !state_.lasting)) return false;
    ++state_.failed;
    return true;
  }

  static int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return ShouldFail(Call::kWrite) ? state_.code.load()
                                    : Real(file)->xWrite(file, data, size, offset);
  }
  static int Sync(sqlite3_file* file, int flags) {
    return ShouldFail(Call::kSync) ? state_.code.load() : Real(file)->xSync(file, flags);
  }

  inline static State state_{
      .call = Call::kNone, .countdown = 0, .code = 0, .lasting = false, .failed = 0};
  inline static std::atomic<int> waiting_ = 0;
  inline static std::atomic<Call> held_ = Call::kNone;
  inline static sqlite3_vfs* system_ = nullptr;
  inline static sqlite3_vfs own_{};
  inline static Table database_;
  inline static Table other_;
};

}  // namespace atelier::store
