// The file of a moved store: what is written is read, and what was altered is refused with a
// reason.
#include "store/export_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "store/copy.h"
#include "store/store.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

constexpr WallTime kNow{Duration{1'900'000'000'000}};

class ExportFile : public testing::Test {
 protected:
  ExportFile() {
    std::ofstream(folder_.path() + "/model") << "what it has learnt";
    auto writer =
        ExportWriter::Create(path_, {.installation = "i-1", .incarnation = 3, .head = 9}, kNow);
    EXPECT_TRUE(writer) << writer.error().ToString();
    EXPECT_TRUE(writer->AddFile("airec-1/v1.model", folder_.path() + "/model"));
    for (const Record& record : records_) EXPECT_TRUE(writer->Add(record));
    const auto done = writer->Finish();
    EXPECT_TRUE(done);
    EXPECT_EQ(done->bytes, std::filesystem::file_size(path_));
    whole_ = Read(path_);
  }

  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// What comes of a file with `bytes` in it; its records are in read_.
  Status Take(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    read_.clear();
    ATELIER_TRY(const auto reader, ExportReader::Open(path_));
    ATELIER_RETURN_IF_ERROR(reader->TakeFilesBlocking(
        [&](const std::string& name) { return folder_.path() + "/taken/" + name; }));
    return reader->ReadBlocking([&](Record record) -> Status {
      read_.push_back(std::move(record));
      return Ok();
    });
  }
  std::string Refusal(const std::string& bytes) {
    const Status taken = Take(bytes);
    return taken ? "" : std::string(ToString(taken.error().code())) + " " + taken.error().message();
  }
  /// The file with one part of it in place of another.
  std::string With(const std::string& old, const std::string& fresh) const {
    std::string bytes = whole_;
    const std::size_t at = bytes.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return bytes.replace(at, old.size(), fresh);
  }

  test::TempDir folder_;
  std::string path_ = folder_.path() + "/export";
  const std::vector<Record> records_ = {
      {.kind = Kind::kAccount, .key = "account", .revision = 1, .body = R"({"id":"1"})"},
      {.kind = Kind::kUser, .key = "ada", .revision = 9, .body = ""},
      {.kind = Kind::kUser, .key = std::string("b\0\n", 3), .revision = 2, .body = "R 1 1 1 1\n"}};
  std::string whole_;
  std::vector<Record> read_;
};

TEST_F(ExportFile, IsReadAsItWasWritten) {
  const auto reader = ExportReader::Open(path_);
  ASSERT_TRUE(reader) << reader.error().ToString();
  EXPECT_EQ((*reader)->origin(), (Origin{.installation = "i-1", .incarnation = 3, .head = 9}));
  EXPECT_EQ((*reader)->written(), kNow);
  ASSERT_TRUE(Take(whole_));
  ASSERT_EQ(read_.size(), records_.size());
  for (std::size_t i = 0; i < read_.size(); ++i) {
    EXPECT_EQ(read_[i].kind, records_[i].kind);
    EXPECT_EQ(read_[i].key, records_[i].key);
    EXPECT_EQ(read_[i].revision, records_[i].revision);
    EXPECT_EQ(read_[i].body, records_[i].body);
  }
  EXPECT_EQ(Read(folder_.path() + "/taken/airec-1/v1.model"), "what it has learnt");
}

// Written by hand from docs/decisions/0049-moving-house.md: the format of version 1, for ever.
TEST_F(ExportFile, HasTheDocumentedFormat) {
  const std::string entries = "R 1 1 7 10\naccount{\"id\":\"1\"}\nR 2 9 3 0\nada\n";
  EXPECT_NE(whole_.find(entries), std::string::npos) << whole_;
  EXPECT_EQ(whole_.find(R"({"format":"atelier store","version":1,"schema":1,"installation":"i-1",)"
                        R"("incarnation":3,"head":9,"written":1900000000000,)"),
            0U);
  const std::string file =
      "F 16 18 " + Hex(Sha256("what it has learnt")) + "\nairec-1/v1.modelwhat it has learnt\n";
  EXPECT_NE(whole_.find(file), std::string::npos);
  const std::string of_account = R"({"kind":1,"name":"Account","count":1,"sha256":")" +
                                 Hex(Sha256("R 1 1 7 10\naccount{\"id\":\"1\"}\n")) + "\"}";
  EXPECT_NE(whole_.find(of_account), std::string::npos);
  const std::size_t last = whole_.rfind(",\"sha256\":\"");
  EXPECT_EQ(whole_.substr(last), ",\"sha256\":\"" + Hex(Sha256(whole_.substr(0, last))) + "\"}\n");
}

TEST_F(ExportFile, IsItsOwnersAloneAndThereOnlyWhole) {
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string other = folder_.path() + "/other";
  {
    const auto writer = ExportWriter::Create(other, {.head = 1}, kNow);
    ASSERT_TRUE(writer);
    EXPECT_FALSE(std::filesystem::exists(other));
  }
  EXPECT_FALSE(std::filesystem::exists(other + ".part")) << "given up";
  const auto again = ExportWriter::Create(path_, {.head = 1}, kNow);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Code::kAlreadyExists);
  EXPECT_EQ(Read(path_), whole_);
}

TEST_F(ExportFile, CutShortAnywhereItIsRefused) {
  for (std::size_t size = 0; size < whole_.size(); ++size)
    EXPECT_TRUE(Refusal(whole_.substr(0, size)).starts_with("DataLoss")) << size;
}

TEST_F(ExportFile, WithAnyBitFlippedItIsRefused) {
  for (std::size_t at = 0; at < whole_.size(); ++at) {
    for (const unsigned bit : {0U, 3U, 7U}) {
      std::string bytes = whole_;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
      const std::string refusal = Refusal(bytes);
      EXPECT_NE(refusal, "") << "byte " << at << " bit " << bit;
    }
  }
}

TEST_F(ExportFile, ModelsThatWereAlteredAreNotTaken) {
  const std::string refusal = Refusal(With("what it has learnt", "what it has learnT"));
  EXPECT_NE(refusal.find("the file airec-1/v1.model in it was altered"), std::string::npos)
      << refusal;
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/taken/airec-1/v1.model"));
}

TEST_F(ExportFile, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {With("\"version\":1", "\"version\":2"), "of version 2, and this program knows 1"},
      {With("\"schema\":1", "\"schema\":2"), "of schema 2, and this program knows 1"},
      {With("atelier store", "another store"), "was not written by `atelier store export`"},
      {"PK\x03\x04 a zip file\n", "was not written by `atelier store export`"},
      {"", "was not written by `atelier store export`"},
      {std::string(100'000, 'x'), "was not written by `atelier store export`"},
      {With("R 2 9 3 0\nada\n", "R 2 9 3 0\nada\nR 2 9 3 0\nada\n"), "The User ada is there twice"},
      {With("R 2 9 3 0\nada\n", "R 2 9 3 0\nada\nR 1 9 3 0\nada\n"),
       "The Account ada is out of order"},
      {With("R 2 9 3 0\n", "R 2 10 3 0\n"), "has the revision 10, and the store is at 9"},
      {With("R 2 9 3 0\nada\n", ""), "it has 1 of 2 User records"},
      {With("R 2 9 3 0\nada\n", "R 2 9 3 0\nadb\n"), "the User records in it were altered"},
      {With("R 2 9 3 0\n", "R 2 9 3 99999999999\n"), "longer than any can be"},
      {With("R 2 9 3 0\n", "R 2 9 99999999999999999999 0\n"), "longer than any can be"},
      {With("R 2 9 3 0\n", "R 2 9 3 " + std::string(70'000, '0') + "\n"),
       "a line is longer than 65536 bytes"},
      {With("R 2 9 3 0\n", "R 0 9 3 0\n"), "no kind"},
      {With("R 2 9 3 0\n", "Q 2 9 3 0\n"), "it has no such entry"},
      {With("R 2 9 3 0\n", "R 2 9 3\n"), "it has no such entry"},
      {whole_ + "more", "something was added to it"},
      {whole_.substr(0, whole_.size() - 20), "it ends in the middle"},
  };
  for (const auto& [bytes, says] : cases) {
    const std::string refusal = Refusal(bytes);
    EXPECT_NE(refusal.find(says), std::string::npos) << says << ": " << refusal;
  }
  std::filesystem::remove(path_);
  EXPECT_EQ(ExportReader::Open(path_).error().code(), Code::kNotFound);
}

TEST_F(ExportFile, OfWhichAnythingWasAlteredFillsNothing) {
  asio::io_context io;
  const auto store = MakeMemoryStore(io.get_executor());
  std::ofstream(path_, std::ios::binary | std::ios::trunc)
      << With("R 2 9 3 0\nada\n", "R 2 9 3 0\nadb\n");
  const auto reader = ExportReader::Open(path_);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(CopyBlocking(**reader, *store, [](std::string_view, std::uint64_t) {}));
  const auto there = store->OpenSnapshotBlocking();
  ASSERT_TRUE(there);
  EXPECT_EQ((*there)->origin().head, 0);
}

TEST_F(ExportFile, RefusesToWriteWhatItCouldNotRead) {
  auto writer = ExportWriter::Create(folder_.path() + "/other", {.head = 5}, kNow);
  ASSERT_TRUE(writer);
  const auto add = [&](std::string key, model::Revision revision, std::size_t body = 0) {
    return writer->Add({.kind = Kind::kUser,
                        .key = std::move(key),
                        .revision = revision,
                        .body = std::string(body, 'x')});
  };
  ASSERT_TRUE(add("b", 1));
  EXPECT_EQ(add("b", 2).error().code(), Code::kDataLoss);
  EXPECT_EQ(add("a", 2).error().code(), Code::kDataLoss);
  EXPECT_EQ(add("c", 6).error().code(), Code::kDataLoss);
  EXPECT_EQ(add("d", 5, (64U << 20U) + 1).error().code(), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace atelier::store
