#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/snapshot.h"
#include "store/tally.h"

namespace atelier::store {

/// A whole store in one file (docs/decisions/0049-moving-house.md has the format). Everything
/// blocks, and holds one record or one buffer of a file in memory. Threads: one at a time.

/// What a finished file holds.
struct Exported {
  Tally records;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // of the file
};

/// Writes `path` (mode 0600), which is there once Finish has returned Ok, and whole; until then
/// `path`.part is. Errors: AlreadyExists: it is there already; ResourceExhausted: the disk is full;
/// Unavailable.
class ExportWriter {
 public:
  static Result<ExportWriter> Create(std::string path, const Origin& origin, WallTime now);
  ~ExportWriter();
  ExportWriter(ExportWriter&&) noexcept;
  ExportWriter& operator=(ExportWriter&&) noexcept;
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;

  /// Files go before the records. NotFound: there is none at `from`.
  Status AddFile(const std::string& name, const std::string& from);
  Status Add(const Record& record);
  Result<Exported> Finish();

 private:
  struct State;
  explicit ExportWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Reads such a file. Errors: NotFound: there is none; DataLoss: it is no such file, cut short or
/// altered, and where; FailedPrecondition: another version wrote it.
class ExportReader final : public Snapshot {
 public:
  static Result<std::unique_ptr<ExportReader>> Open(const std::string& path);
  ~ExportReader() override;
  ExportReader(const ExportReader&) = delete;
  ExportReader& operator=(const ExportReader&) = delete;

  const Origin& origin() const override;
  /// When it was written.
  WallTime written() const;
  /// First of all: puts each file at the place that `place` gives to its name (mode 0600, durable,
  /// its folder is made); empty: nowhere. A file that is there and is the same stays.
  using PathOf = std::function<std::string(const std::string& name)>;
  Status TakeFilesBlocking(const PathOf& place);
  /// Once. Ok only if all that was written is there, and as it was.
  Status ReadBlocking(const Each& each) override;
  Status ReadKindBlocking(Kind kind, const Each& each) override;

 private:
  struct State;
  explicit ExportReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace atelier::store
