#include "store/table.h"

#include <boost/asio/io_context.hpp>
#include <boost/describe.hpp>
#include <gtest/gtest.h>

#include "support/recorded_log.h"
#include "support/run.h"

namespace atelier::store {
namespace {

struct Book {
  std::string title;  // record key
  std::string isbn = {};
  std::string shelf = {};
  int year = 0;
};
BOOST_DESCRIBE_STRUCT(Book, (), (title, isbn, shelf, year))

struct ByIsbn {
  static std::string_view Of(const Book& book) { return book.isbn; }
};
struct ByShelf {
  static std::string_view Of(const Book& book) { return book.shelf; }
  static bool Before(const Book& a, const Book& b) { return a.year < b.year; }
};

class TableTest : public ::testing::Test {
 protected:
  void Put(const std::string& key, const std::string& body, Kind kind = Kind::kService) {
    table_.Apply({.op = Write::Op::kPut,
                  .record = {.kind = kind, .key = key, .revision = ++revision_, .body = body}});
  }
  void Put(const Book& book) { Put(book.title, ToJson(book)); }
  void Delete(const std::string& key) {
    table_.Apply(
        {.op = Write::Op::kDelete,
         .record = {.kind = Kind::kService, .key = key, .revision = ++revision_, .body = {}}});
  }
  std::string OnShelf(const std::string& shelf) const {
    std::string titles;
    for (const auto& book : table_.FindBy<ByShelf>(shelf)) titles += book->title + " ";
    return titles;
  }
  std::string TitleOf(const std::string& isbn) const {
    const auto& book = table_.FindBy<ByIsbn>(isbn);
    return book ? book->title : "none";
  }

  test::RecordedLog log_;
  Quarantine quarantine_{&log_};
  Table<Book, ByIsbn, ByShelf> table_{
      Kind::kService, quarantine_,
      RowsKeyedBy<Book>([](const Book& book) -> std::string_view { return book.title; })};
  model::Revision revision_ = 0;
};

TEST_F(TableTest, FindsARowByItsKeyAndByEveryIndexThroughEveryChange) {
  Put({.title = "Emma", .isbn = "1", .shelf = "novels", .year = 1815});
  Put({.title = "Ulysses", .isbn = "2", .shelf = "novels", .year = 1922});
  Put({.title = "Persuasion", .isbn = "3", .shelf = "novels", .year = 1817});
  EXPECT_EQ(table_.Find("Emma")->year, 1815);
  EXPECT_EQ(table_.RevisionOf("Ulysses"), 2);
  EXPECT_EQ(TitleOf("3"), "Persuasion");
  EXPECT_EQ(OnShelf("novels"), "Emma Persuasion Ulysses ");

  const auto held = table_.Find("Emma");
  Put({.title = "Emma", .isbn = "9", .shelf = "lent", .year = 1815});
  EXPECT_EQ(held->shelf, "novels") << "who holds a row keeps it as it was";
  EXPECT_EQ(TitleOf("1"), "none");
  EXPECT_EQ(TitleOf("9"), "Emma");
  EXPECT_EQ(OnShelf("novels"), "Persuasion Ulysses ");
  EXPECT_EQ(OnShelf("lent"), "Emma ");
  EXPECT_EQ(table_.RevisionOf("Emma"), 4);

  Delete("Emma");
  EXPECT_EQ(table_.Find("Emma"), nullptr);
  EXPECT_EQ(table_.RevisionOf("Emma"), 0);
  EXPECT_EQ(TitleOf("9"), "none");
  EXPECT_EQ(OnShelf("lent"), "");
  EXPECT_EQ(table_.size(), 2U);
}

TEST_F(TableTest, ARowWithoutATextIsNotInThatIndex) {
  Put({.title = "Notes", .isbn = "", .shelf = "", .year = 2000});
  EXPECT_EQ(TitleOf(""), "none");
  EXPECT_EQ(OnShelf(""), "");
  EXPECT_NE(table_.Find("Notes"), nullptr);
}

TEST_F(TableTest, OfTwoRowsWithTheTextOfOneTheLatestIsFoundUntilItGoes) {
  Put({.title = "Old", .isbn = "1"});
  Put({.title = "New", .isbn = "1"});
  EXPECT_EQ(TitleOf("1"), "New");
  Delete("Old");
  EXPECT_EQ(TitleOf("1"), "New") << "renamed in one commit, in whatever order";
  Delete("New");
  EXPECT_EQ(TitleOf("1"), "none");
}

TEST_F(TableTest, WhatCannotBeReadIsOutOfEveryIndexUntilItCanBeReadOrIsGone) {
  Put({.title = "Emma", .isbn = "1", .shelf = "novels", .year = 1815});
  Put("Emma", R"({"title":"Emma","year":"MDCCCXV"})");
  EXPECT_EQ(table_.Find("Emma"), nullptr);
  EXPECT_EQ(table_.RevisionOf("Emma"), 0) << "nobody writes over what they could not read";
  EXPECT_TRUE(table_.Holds("Emma"));
  EXPECT_EQ(TitleOf("1"), "none");
  EXPECT_EQ(OnShelf("novels"), "");
  EXPECT_EQ(quarantine_.size(), 1U);

  Put({.title = "Emma", .isbn = "1", .shelf = "novels", .year = 1815});
  EXPECT_EQ(quarantine_.size(), 0U);
  EXPECT_EQ(OnShelf("novels"), "Emma ");

  Put("Ulysses", "garbage");
  Put("Dune", ToJson(Book{.title = "Solaris"}));  // of another key
  EXPECT_EQ(quarantine_.size(), 2U);
  EXPECT_EQ(table_.Find("Solaris"), nullptr);
  Delete("Ulysses");
  EXPECT_FALSE(table_.Holds("Ulysses"));
  EXPECT_EQ(quarantine_.size(), 1U);
}

TEST_F(TableTest, OtherKindsAreNotItsOwn) {
  Put("Emma", ToJson(Book{.title = "Emma"}), Kind::kServiceGroup);
  Put("Dune", "garbage", Kind::kServiceGroup);
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(quarantine_.size(), 0U);
}

TEST_F(TableTest, EachUnreadableRecordIsNamedInTheLogOnce) {
  Put("Emma", "garbage");
  Put("Emma", "other garbage");
  EXPECT_EQ(log_.lines,
            std::vector<std::string>{"store.quarantined kind=Service key=Emma "
                                     "revision=1 error=The stored record is not JSON."});
}

TEST_F(TableTest, AMillionUnreadableRecordsAreNotAMillionLines) {
  for (std::size_t i = 0; i < Quarantine::kMaxNamed + 5; ++i) Put("b" + std::to_string(i), "");
  EXPECT_EQ(log_.lines.size(), Quarantine::kMaxNamed);
  EXPECT_EQ(quarantine_.size(), Quarantine::kMaxNamed + 5);
  for (std::size_t i = 0; i < 10; ++i) Delete("b" + std::to_string(i));
  Put("new", "");
  EXPECT_EQ(log_.lines.size(), Quarantine::kMaxNamed + 1);
}

TEST(Table, LoadsWhatTheStoreHas) {
  asio::io_context io;
  const auto store = MakeMemoryStore(io.get_executor());
  const auto revision = test::Run(
      io, store->Commit({Write::Put(Kind::kService, "Emma", ToJson(Book{.title = "Emma"})),
                         Write::Put(Kind::kService, "Dune", "garbage"),
                         Write::Put(Kind::kUser, "Solaris", ToJson(Book{.title = "Solaris"}))}));
  ASSERT_TRUE(revision);
  Quarantine quarantine;
  Table<Book> table(Kind::kService, quarantine,
                    RowsKeyedBy<Book>([](const Book& book) { return book.title; }));
  ASSERT_TRUE(table.Load(*store));
  ASSERT_EQ(table.All().size(), 1U);
  EXPECT_EQ(table.All().front()->title, "Emma");
  EXPECT_EQ(table.RevisionOf("Emma"), *revision);
  EXPECT_TRUE(quarantine.Contains(Kind::kService, "Dune"));
}

}  // namespace
}  // namespace atelier::store
