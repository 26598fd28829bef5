// Which commits share a transaction.
#include "store/common/group.h"

#include <atomic>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace atelier::store {
namespace {

class Group : public testing::Test {
 protected:
  Claim Add(Batch batch) {
    auto claim = std::make_shared<std::atomic_flag>();
    queue_.push_back(
        {.batch = std::move(batch), .from_reserve = false, .claim = claim, .done = {}});
    return claim;
  }
  void Put(const std::string& key) { Add({Write::Put(Kind::kEvent, key, "body")}); }
  /// The keys of the group's batches.
  std::string Take(const GroupRule& rule = {.max_batches = 64, .disjoint = true}) {
    std::string keys;
    for (const Ticket& ticket : TakeGroup(queue_, rule)) keys += ticket.batch.front().key + " ";
    return keys;
  }

  std::deque<Ticket> queue_;
};

TEST_F(Group, TakesInOrderUpToItsBounds) {
  for (const char* key : {"a", "b", "c"}) Put(key);
  EXPECT_EQ(Take({.max_batches = 2}), "a b ");
  EXPECT_EQ(Take(), "c ");
  EXPECT_EQ(Take(), "");
  for (const char* key : {"a", "b", "c"}) Put(key);
  EXPECT_EQ(Take({.max_batches = 64, .max_bytes = 10}), "a b ") << "5 bytes each";
  EXPECT_EQ(Take({.max_batches = 64, .max_bytes = 1}), "c ") << "alone, however large";
}

TEST_F(Group, TwoThatWriteOneKeyNeverShareOne) {
  for (const char* key : {"a", "a", "b", "a"}) Put(key);
  EXPECT_EQ(Take(), "a b ");
  EXPECT_EQ(Take(), "a ");
  EXPECT_EQ(Take(), "a ");
  for (const char* key : {"a", "a"}) Put(key);
  EXPECT_EQ(Take({.max_batches = 64}), "a a ") << "a store that judges one by one takes both";
}

TEST_F(Group, WhatOneWritesNoOtherLooksAtAndManyMayLook) {
  Add({Write::Check(Kind::kEvent, "w", 1)});
  Add({Write::Check(Kind::kEvent, "w", 1)});
  Put("w");
  Add({Write::Check(Kind::kEvent, "w", 2)});
  EXPECT_EQ(Take(), "w w ");
  EXPECT_EQ(Take(), "w ");
  EXPECT_EQ(Take(), "w ");
  Add({Write::Put(Kind::kEvent, "w", "")});
  Add({Write::Put(Kind::kUser, "w", "")});
  EXPECT_EQ(Take(), "w w ") << "of another kind it is another record";
}

TEST_F(Group, NothingOvertakesWhatItSharesAKeyWith) {
  Put("a");
  Add({Write::Put(Kind::kEvent, "a", ""), Write::Put(Kind::kEvent, "b", "")});
  Put("b");
  EXPECT_EQ(Take(), "a ");
  EXPECT_EQ(Take(), "a ");
  EXPECT_EQ(Take(), "b ");
}

TEST_F(Group, WhatWasWithdrawnIsInNobodysWay) {
  const Claim first = Add({Write::Put(Kind::kEvent, "a", "")});
  Put("a");
  first->test_and_set();
  EXPECT_EQ(Take(), "a ");
  EXPECT_TRUE(queue_.empty());
}

}  // namespace
}  // namespace atelier::store
