#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/encoding.h"
#include "base/version.h"
#include "store/export/file_io.h"
#include "store/export/format.h"
#include "store/export_file.h"

namespace atelier::store {

using export_file::FileIs;
using export_file::FileSink;
using export_file::FileSource;

struct ExportWriter::State {
  State(FileSink file, model::Revision head) : sink(std::move(file)), tally(head) {}

  Status Write(std::string_view bytes) {
    digest.Add(bytes);
    return sink.Write(bytes);
  }

  FileSink sink;
  Sha256Stream digest;
  TallyMaker tally;
  std::uint64_t files = 0;
};

ExportWriter::ExportWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ExportWriter::~ExportWriter() = default;
ExportWriter::ExportWriter(ExportWriter&&) noexcept = default;
ExportWriter& ExportWriter::operator=(ExportWriter&&) noexcept = default;

Result<ExportWriter> ExportWriter::Create(std::string path, const Origin& origin, WallTime now) {
  ATELIER_TRY(FileSink sink, FileSink::Create(std::move(path)));
  ExportWriter writer(std::make_unique<State>(std::move(sink), origin.head));
  const export_file::Header header{.format = std::string(export_file::kFormat),
                                   .version = export_file::kVersion,
                                   .schema = export_file::kSchema,
                                   .installation = origin.installation,
                                   .incarnation = origin.incarnation,
                                   .head = origin.head,
                                   .written = now,
                                   .program = std::string(kVersion)};
  ATELIER_RETURN_IF_ERROR(writer.state_->Write(ToJson(header) + "\n"));
  return writer;
}

/// Twice over it: its digest goes before it, so that who reads the file need not trust what has not
/// been proven.
Status ExportWriter::AddFile(const std::string& name, const std::string& from) {
  ATELIER_TRY(const FileIs is, export_file::Inspect(from));
  ATELIER_RETURN_IF_ERROR(
      state_->Write(fmt::format("F {} {} {}\n{}", name.size(), is.size, is.sha256, name)));
  auto source = FileSource::Open(from);
  while (source && source->offset() < is.size) {
    ATELIER_TRY(const std::string_view some, source->ReadSome(is.size - source->offset()));
    if (some.empty()) break;
    ATELIER_RETURN_IF_ERROR(state_->Write(some));
  }
  if (!source || source->offset() != is.size || Hex(source->digest().Finish()) != is.sha256) {
    return Error(Code::kUnavailable,
                 fmt::format("{} was changed while it was read. Try again.", from));
  }
  ++state_->files;
  return state_->Write("\n");
}

Status ExportWriter::Add(const Record& record) {
  if (record.key.size() > export_file::kMaxKey || record.body.size() > export_file::kMaxBody) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The {} {} is larger than a file may have it ({} MiB).",
                             KindInWords(record.kind), record.key.substr(0, 100),
                             export_file::kMaxBody >> 20U));
  }
  ATELIER_RETURN_IF_ERROR(state_->tally.Add(record));
  ATELIER_RETURN_IF_ERROR(state_->Write(EntryOf(record)));
  ATELIER_RETURN_IF_ERROR(state_->Write(record.key));
  ATELIER_RETURN_IF_ERROR(state_->Write(record.body));
  return state_->Write("\n");
}

Result<Exported> ExportWriter::Finish() {
  Exported all{.records = state_->tally.Finish(), .files = state_->files, .bytes = 0};
  export_file::Trailer trailer{
      .records = {}, .files = static_cast<std::int64_t>(all.files), .sha256 = {}};
  for (const auto& [kind, tally] : all.records) {
    trailer.records.push_back({.kind = static_cast<std::int64_t>(kind),
                               .name = KindInWords(kind),
                               .count = static_cast<std::int64_t>(tally.count),
                               .sha256 = tally.sha256});
  }
  std::string line = ToJson(trailer);
  line.resize(line.rfind(export_file::kLastMember));
  state_->digest.Add(line);
  line += fmt::format("{}{}\"}}\n", export_file::kLastMember, Hex(state_->digest.Finish()));
  ATELIER_RETURN_IF_ERROR(state_->sink.Write(line));
  all.bytes = state_->sink.size();
  ATELIER_RETURN_IF_ERROR(state_->sink.Finish());
  return all;
}

}  // namespace atelier::store
