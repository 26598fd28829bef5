#include "recommender/model.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/crc.hpp>
#include <gtest/gtest.h>

#include "unit/recommender/world.h"

namespace atelier::recommender {
namespace {

const auto kNoProgress = [](double) {};

/// Items on a ring; each user takes four neighbours.
Data Ring(int items = 60) {
  Data data;
  for (int user = 0; user < items; ++user) {
    for (int step = 0; step < 4; ++step) {
      Take(data, "u" + std::to_string(user), {"i" + std::to_string((user + step) % items)});
    }
  }
  return data;
}

float WeightOf(const Model& model, std::string_view from, std::string_view to) {
  for (std::size_t index = 0; index < model.size(); ++index) {
    if (model.KeyOf(index) != from) continue;
    for (const Model::Edge& edge : model.EdgesOf(index)) {
      if (model.KeyOf(edge.to) == to) return edge.weight;
    }
  }
  return 0;
}

TEST(Train, TwoItemsByHand) {
  Data data;
  Take(data, "both", {"a", "b"});
  Take(data, "one", {"a"});
  // Gram (2 1; 1 1) and, for two users, the least ridge 1: (3 1; 1 2), whose inverse is a fifth of
  // (2 -1; -1 3). a speaks for b with 1/3, b for a with 1/2.
  const auto model = TrainAll(data);
  ASSERT_TRUE(model);
  ASSERT_EQ(model->size(), 2u);
  EXPECT_EQ(model->KeyOf(0), "a");  // the one most taken
  ASSERT_EQ(model->EdgesOf(0).size(), 1u);
  EXPECT_EQ(model->EdgesOf(0)[0].to, 1u);
  EXPECT_FLOAT_EQ(model->EdgesOf(0)[0].weight, 1.0F / 3);
  ASSERT_EQ(model->EdgesOf(1).size(), 1u);
  EXPECT_FLOAT_EQ(model->EdgesOf(1)[0].weight, 0.5F);
}

TEST(Train, AStrongBehaviorCountsForMore) {
  Data data;
  Take(data, "both", {"a", "b"}, "buy");  // strength 3: taste is the root of it
  Take(data, "one", {"a"});
  // Gram (3+1 3; 3 3) + 1 = (5 3; 3 4); the inverse is 1/11 of (4 -3; -3 5).
  const auto model = TrainAll(data);
  ASSERT_TRUE(model);
  EXPECT_FLOAT_EQ(WeightOf(*model, "a", "b"), 3.0F / 5);
  EXPECT_FLOAT_EQ(WeightOf(*model, "b", "a"), 3.0F / 4);
}

TEST(Train, WhatWasShownOrRefusedIsNotLearntFrom) {
  Data data;
  Take(data, "both", {"a", "b"});
  Take(data, "one", {"a"});
  Take(data, "one", {"b"}, "expose");
  Take(data, "two", {"a"}, "expose");
  Take(data, "two", {"b"}, "unlike");
  const auto model = TrainAll(data);
  ASSERT_TRUE(model);
  EXPECT_FLOAT_EQ(WeightOf(*model, "a", "b"), 1.0F / 3);
}

TEST(Train, TheSameDataGiveTheSameModel) {
  const auto first = TrainAll(Ring());
  const auto second = TrainAll(Ring());
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
}

TEST(Train, NeedsTwoItemsThatWereTaken) {
  Data data;
  Take(data, "u", {"a"});
  Take(data, "u", {"b"}, "expose");
  const auto model = TrainAll(data);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(model.error().reason(), "NotEnoughData");
}

TEST(Train, KeepsTheItemsMostTakenWhereTheBudgetEnds) {
  Data data;
  Take(data, "u1", {"rare", "often", "most"});
  Take(data, "u2", {"often", "most"});
  Take(data, "u3", {"most"});
  // Of n doubles: the matrix n * n, three panels of 64 columns; 2 * n * n edges of 8 bytes.
  // 3,168 bytes for two items, 4,824 for three.
  const auto model = Train(data.TakeSnapshot(), {.bytes = 4000}, {}, kNoProgress);
  ASSERT_TRUE(model);
  ASSERT_EQ(model->size(), 2u);
  EXPECT_EQ(model->KeyOf(0), "most");
  EXPECT_EQ(model->KeyOf(1), "often");
}

TEST(Train, RefusesABudgetThatHoldsNothing) {
  const auto model = Train(Ring().TakeSnapshot(), {.bytes = 1000}, {}, kNoProgress);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(model.error().reason(), "TrainingBudget");
}

TEST(Train, StopsWhenAskedAtAnyPoint) {
  double last = 0;
  ASSERT_TRUE(Train(Ring().TakeSnapshot(), {}, {}, [&](double done) {
    EXPECT_GE(done, last);
    last = done;
  }));
  EXPECT_DOUBLE_EQ(last, 1);
  for (const double at : {0.0, 0.1, 0.2, 0.3}) {
    std::stop_source stop;
    const auto model = Train(Ring().TakeSnapshot(), {}, stop.get_token(), [&](double done) {
      if (done > at) stop.request_stop();
    });
    ASSERT_FALSE(model) << at;
    EXPECT_EQ(model.error().code(), Code::kCancelled);
  }
}

TEST(Train, KeepsOfEachItemTheStrongestInfluences) {
  // One user with 300 items: of the 299 others 200 are kept, into each.
  Data data;
  for (int item = 0; item < 300; ++item) Take(data, "u", {"i" + std::to_string(item)});
  const auto model = TrainAll(data);
  ASSERT_TRUE(model);
  std::vector<std::size_t> into(model->size());
  for (std::size_t from = 0; from < model->size(); ++from) {
    std::size_t least = 0;
    for (const Model::Edge& edge : model->EdgesOf(from)) {
      EXPECT_NE(edge.to, from);
      EXPECT_GE(edge.to, least);
      least = edge.to + 1;
      ++into[edge.to];
    }
  }
  for (const std::size_t edges : into) EXPECT_EQ(edges, 200u);
}

TEST(ModelBytes, ComeBackAsTheSameModel) {
  const auto model = TrainAll(Ring());
  ASSERT_TRUE(model);
  const auto decoded = Model::Decode(model->Encode());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, *model);
}

TEST(ModelBytes, OfAModelThatKnowsNothing) {
  const auto decoded = Model::Decode(Model().Encode());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->size(), 0u);
}

TEST(ModelBytes, AreAsWrittenDown) {
  Data data;
  Take(data, "both", {"a", "b"});
  Take(data, "one", {"a"});
  const std::string bytes = TrainAll(data)->Encode();
  // magic, version, checksum; 2 items and 2 edges; two keys; one edge each; the edges
  ASSERT_EQ(bytes.size(), 12u + 16 + 2 * 5 + 2 * 4 + 2 * 8);
  EXPECT_EQ(bytes.substr(0, 8), std::string("ATRM\1\0\0\0", 8));
  EXPECT_EQ(bytes.substr(12, 16), std::string("\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(bytes.substr(28, 10), std::string("\1\0\0\0a\1\0\0\0b", 10));
  EXPECT_EQ(bytes.substr(38, 8), std::string("\1\0\0\0\1\0\0\0", 8));
  EXPECT_EQ(bytes.substr(46, 4), std::string("\1\0\0\0", 4));
  EXPECT_EQ(bytes.substr(58, 4), std::string("\0\0\0\x3f", 4));  // 0.5
}

TEST(ModelBytes, CutAnywhereAreRefused) {
  const std::string bytes = TrainAll(Ring(6))->Encode();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto decoded = Model::Decode(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(decoded) << length;
    EXPECT_EQ(decoded.error().code(), Code::kDataLoss);
    EXPECT_EQ(decoded.error().reason(), "UnreadableModel");
  }
  EXPECT_FALSE(Model::Decode(bytes + "x"));
}

TEST(ModelBytes, ChangedAnywhereAreRefused) {
  std::string bytes = TrainAll(Ring(6))->Encode();
  for (char& byte : bytes) {
    byte = static_cast<char>(byte ^ 0x10);
    EXPECT_FALSE(Model::Decode(bytes));
    byte = static_cast<char>(byte ^ 0x10);
  }
}

/// Bytes that carry a checksum of their own, whatever is in them.
std::string Sealed(const std::string& body) {
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  std::string bytes("ATRM\1\0\0\0", 8);
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(crc.checksum() >> shift));
  }
  return bytes + body;
}

TEST(ModelBytes, ThatDoNotFitTogetherAreRefused) {
  const std::string good = TrainAll(Ring(6))->Encode().substr(12);
  ASSERT_TRUE(Model::Decode(Sealed(good)));
  constexpr std::size_t kCounts = 16 + 36;  // after 6 keys of two letters
  constexpr std::size_t kEdges = kCounts + 24;
  const auto with = [&](std::size_t at, const std::string& what) {
    std::string bad = good;
    bad.replace(at, what.size(), what);
    return Model::Decode(Sealed(bad)).has_value();
  };
  EXPECT_FALSE(with(0, "\xff\xff\xff\xff\xff\xff\xff\xff")) << "more items than bytes";
  EXPECT_FALSE(with(8, "\xff\xff\xff\xff\xff\xff\xff\xff")) << "more edges than bytes";
  EXPECT_FALSE(with(16, "\xff\xff\xff\xff")) << "a key longer than all";
  EXPECT_FALSE(with(kCounts, "\xff\xff\xff\xff")) << "an item with more edges than there are";
  EXPECT_FALSE(with(kEdges, "\x06")) << "an edge to a seventh item";
  EXPECT_FALSE(with(kEdges, "\x05")) << "edges out of order";
  EXPECT_FALSE(with(kEdges + 4, std::string("\0\0\xc0\x7f", 4))) << "a weight that is no number";
  EXPECT_FALSE(Model::Decode(Sealed(good + "x"))) << "more than a model";
}

}  // namespace
}  // namespace atelier::recommender
