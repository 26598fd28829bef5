#include <array>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "store/export/file_io.h"
#include "store/export/format.h"
#include "store/export_file.h"

namespace atelier::store {

using export_file::Damaged;
using export_file::FileIs;
using export_file::FileSink;
using export_file::FileSource;

namespace {

/// "R 9 12 20 300": what stands behind the letter; nullopt: it is no such line.
template <std::size_t N>
std::optional<std::array<std::string_view, N>> FieldsOf(std::string_view line, char letter) {
  if (line.size() < 2 || line[0] != letter || line[1] != ' ') return std::nullopt;
  std::array<std::string_view, N> fields;
  std::size_t found = 0;
  for (const std::string_view field : Split(line.substr(2), ' ')) {
    if (found == N || field.empty()) return std::nullopt;
    fields.at(found++) = field;
  }
  return found == N ? std::optional(fields) : std::nullopt;
}

/// nullopt: it is none, or not in [least, most].
std::optional<std::int64_t> Number(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto value = ParseNumber<std::int64_t>(text);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct FileEntry {
  std::string name;
  FileIs is;
};

Error OtherVersion(std::string_view what, std::int64_t is, std::int64_t known) {
  return {Code::kFailedPrecondition,
          fmt::format("The file is of {} {}, and this program knows {}. Use the version of Atelier "
                      "that wrote it, or a newer one.",
                      what, is, known),
          "ExportVersion"};
}

Result<export_file::Header> ReadHeader(FileSource& source) {
  const auto no_export = [&] {
    return Error(Code::kDataLoss,
                 fmt::format("{} was not written by `atelier store export`. Name another file.",
                             source.path()),
                 "NoExport");
  };
  const auto line = source.ReadLine(export_file::kMaxLine);
  if (!line) return line.error().code() == Code::kDataLoss ? no_export() : line.error();
  const auto header = FromRecord<export_file::Header>(*line);
  if (!header || header->format != export_file::kFormat) return no_export();
  if (header->version != export_file::kVersion)
    return OtherVersion("version", header->version, export_file::kVersion);
  if (header->schema != export_file::kSchema)
    return OtherVersion("schema", header->schema, export_file::kSchema);
  if (header->head < 0 || header->incarnation < 1)
    return Damaged(0, "its first line says what cannot be");
  return *header;
}

bool IsSameFile(const std::string& path, const FileEntry& entry) {
  const auto there = export_file::Inspect(path);
  return there && *there == entry.is;
}

}  // namespace

struct ExportReader::State {
  State(FileSource file, const export_file::Header& header)
      : source(std::move(file)),
        origin({.installation = header.installation,
                .incarnation = header.incarnation,
                .head = header.head}),
        written(header.written) {}

  Result<FileEntry> ReadFileEntry(std::uint64_t at);
  Status CopyFile(const FileEntry& entry, FileSink* to);
  Status PlaceFile(const FileEntry& entry, const std::string& path);
  Result<Record> ReadRecord(std::uint64_t at);
  Status ReadTrailer(std::uint64_t at, const Tally& tally);
  Status NextLine();

  FileSource source;
  const Origin origin;
  const WallTime written;
  std::int64_t files = 0;
  bool files_taken = false;
  std::string line;     // the one that is next
  Sha256Stream before;  // of all before the last line
};

/// The digest goes into the last line, which no other begins like.
Status ExportReader::State::NextLine() {
  ATELIER_TRY(const char first, source.Peek());
  if (first == '{') before = std::exchange(source.digest(), Sha256Stream());
  ATELIER_TRY(line, source.ReadLine(export_file::kMaxLine));
  return Ok();
}

Result<FileEntry> ExportReader::State::ReadFileEntry(std::uint64_t at) {
  const auto fields = FieldsOf<3>(line, 'F');
  const auto name = fields ? Number((*fields)[0], 1, export_file::kMaxName) : std::nullopt;
  const auto size = fields ? Number((*fields)[1], 0, kMost) : std::nullopt;
  if (!name || !size || (*fields)[2].size() != 64) return Damaged(at, "it has no such entry");
  FileEntry entry{
      .name = {},
      .is = {.size = static_cast<std::uint64_t>(*size), .sha256 = std::string((*fields)[2])}};
  ATELIER_TRY(entry.name, source.Read(static_cast<std::size_t>(*name)));
  return entry;
}

/// `to`: nullptr: nowhere.
Status ExportReader::State::CopyFile(const FileEntry& entry, FileSink* to) {
  const std::uint64_t at = source.offset();
  Sha256Stream digest;
  for (std::uint64_t left = entry.is.size; left > 0;) {
    ATELIER_TRY(const std::string_view some, source.ReadSome(left));
    if (some.empty()) return Damaged(source.offset(), "it ends in the middle");
    digest.Add(some);
    left -= some.size();
    if (to != nullptr) ATELIER_RETURN_IF_ERROR(to->Write(some));
  }
  if (Hex(digest.Finish()) != entry.is.sha256)
    return Damaged(at, fmt::format("the file {} in it was altered", entry.name));
  ATELIER_TRY(const std::string end, source.Read(1));
  if (end != "\n") return Damaged(source.offset() - 1, "an entry does not end where it should");
  return Ok();
}

Status ExportReader::State::PlaceFile(const FileEntry& entry, const std::string& path) {
  if (path.empty() || IsSameFile(path, entry)) return CopyFile(entry, nullptr);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return FileError("make", path, error.value());
  // Beside it, so that what is there stays until what comes has been proven.
  const std::string fresh = path + ".import";
  ::unlink(fresh.c_str());
  ATELIER_TRY(FileSink sink, FileSink::Create(fresh));
  ATELIER_RETURN_IF_ERROR(CopyFile(entry, &sink));
  ATELIER_RETURN_IF_ERROR(sink.Finish());
  if (::rename(fresh.c_str(), path.c_str()) != 0) return FileError("make", path, errno);
  return SyncFolder(std::filesystem::path(path).parent_path().string());
}

Result<Record> ExportReader::State::ReadRecord(std::uint64_t at) {
  const auto fields = FieldsOf<4>(line, 'R');
  if (!fields) return Damaged(at, "it has no such entry");
  const auto kind = Number((*fields)[0], 1, 255);
  const auto revision = Number((*fields)[1], 1, kMost);
  if (!kind || !revision) return Damaged(at, "a record has no kind or no revision");
  const auto key = Number((*fields)[2], 0, export_file::kMaxKey);
  const auto body = Number((*fields)[3], 0, export_file::kMaxBody);
  if (!key || !body) return Damaged(at, "a record is longer than any can be");
  Record record{.kind = static_cast<Kind>(*kind), .key = {}, .revision = *revision, .body = {}};
  ATELIER_TRY(record.key, source.Read(static_cast<std::size_t>(*key)));
  ATELIER_TRY(record.body, source.Read(static_cast<std::size_t>(*body)));
  ATELIER_TRY(const std::string end, source.Read(1));
  if (end != "\n") return Damaged(source.offset() - 1, "an entry does not end where it should");
  return record;
}

Status ExportReader::State::ReadTrailer(std::uint64_t at, const Tally& tally) {
  const auto trailer = FromRecord<export_file::Trailer>(line);
  if (!trailer) return Damaged(at, "its last line cannot be read");
  Tally told;
  for (const export_file::OfKind& of : trailer->records) {
    told[static_cast<Kind>(of.kind)] = {.count = static_cast<std::uint64_t>(of.count),
                                        .sha256 = of.sha256};
  }
  for (const auto& [kind, of] : told) {
    const auto found = tally.find(kind);
    const std::uint64_t count = found == tally.end() ? 0 : found->second.count;
    if (count != of.count) {
      return Damaged(at,
                     fmt::format("it has {} of {} {} records", count, of.count, KindInWords(kind)));
    }
    if (found->second.sha256 != of.sha256)
      return Damaged(at, fmt::format("the {} records in it were altered", KindInWords(kind)));
  }
  before.Add(std::string_view(line).substr(0, line.rfind(export_file::kLastMember)));
  const bool same = trailer->sha256 == Hex(before.Finish());
  if (told.size() != tally.size() || trailer->files != files || !same)
    return Damaged(at, "it was altered");
  ATELIER_TRY(const bool end, source.AtEnd());
  if (!end) return Damaged(source.offset(), "something was added to it");
  return Ok();
}

ExportReader::ExportReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ExportReader::~ExportReader() = default;

Result<std::unique_ptr<ExportReader>> ExportReader::Open(const std::string& path) {
  ATELIER_TRY(FileSource source, FileSource::Open(path));
  ATELIER_TRY(const export_file::Header header, ReadHeader(source));
  return std::unique_ptr<ExportReader>(
      new ExportReader(std::make_unique<State>(std::move(source), header)));
}

const Origin& ExportReader::origin() const { return state_->origin; }
WallTime ExportReader::written() const { return state_->written; }

Status ExportReader::TakeFilesBlocking(const PathOf& place) {
  State& state = *state_;
  if (std::exchange(state.files_taken, true)) return Ok();
  for (;;) {
    const std::uint64_t at = state.source.offset();
    ATELIER_RETURN_IF_ERROR(state.NextLine());
    if (!state.line.starts_with("F ")) return Ok();
    ATELIER_TRY(const FileEntry entry, state.ReadFileEntry(at));
    ATELIER_RETURN_IF_ERROR(state.PlaceFile(entry, place(entry.name)));
    ++state.files;
  }
}

Status ExportReader::ReadKindBlocking(Kind kind, const Each& each) {
  return ReadBlocking([&](Record record) -> Status {
    return record.kind == kind ? each(std::move(record)) : Ok();
  });
}

Status ExportReader::ReadBlocking(const Each& each) {
  State& state = *state_;
  ATELIER_RETURN_IF_ERROR(TakeFilesBlocking([](const std::string&) { return std::string(); }));
  TallyMaker tally(state.origin.head);
  for (;;) {
    const std::uint64_t at = state.source.offset() - state.line.size() - 1;
    if (state.line.starts_with('{')) {
      return state.ReadTrailer(at, tally.Finish());
    }
    ATELIER_TRY(Record record, state.ReadRecord(at));
    if (const Status added = tally.Add(record); !added) {
      std::string_view what = added.error().message();
      what.remove_suffix(1);  // its full stop
      return Damaged(at, what);
    }
    ATELIER_RETURN_IF_ERROR(each(std::move(record)));
    ATELIER_RETURN_IF_ERROR(state.NextLine());
  }
}

}  // namespace atelier::store
