// docs/decisions/0007-own-processors.md, and the documented interface of processors in C and C++.
#include "processor/host/library.h"

#include <gtest/gtest.h>

namespace atelier::processor {
namespace {

Library Opened() {
  auto library = Library::Open(ATELIER_SAMPLE_PROCESSOR);
  EXPECT_TRUE(library) << library.error().message();
  return *library;
}

Library Ready(const std::string& config = "") {
  Library library = Opened();
  EXPECT_TRUE(library.Initialize("/model", config));
  return library;
}

TEST(Library, GivesTheModelItsEntryAndConfigAndTheInputAsItIs) {
  const auto answer = Ready(R"({"a":1})").Process(std::string_view("x\0y", 3));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, std::string("/model|{\"a\":1}|x\0y", 18));
}

TEST(Library, WhatIsReturnedIsTheStatus) {
  const Library library = Ready();
  EXPECT_EQ(library.Process("code 404").status, 404);
  EXPECT_EQ(library.Process("code 404").body, "/model||code 404");
  EXPECT_EQ(library.Process("code 77").status, 400);
}

TEST(Library, ZeroIsSuccessAndWhatIsNoStatusIsABadRequest) {
  EXPECT_EQ(StatusOf(0), 200);
  EXPECT_EQ(StatusOf(200), 200);
  EXPECT_EQ(StatusOf(201), 201);
  EXPECT_EQ(StatusOf(400), 400);
  EXPECT_EQ(StatusOf(599), 599);
  EXPECT_EQ(StatusOf(1), 400);
  EXPECT_EQ(StatusOf(-1), 400);
  EXPECT_EQ(StatusOf(101), 400) << "no final answer";
  EXPECT_EQ(StatusOf(600), 400);
}

TEST(Library, AnAnswerMayBeEmpty) {
  const auto answer = Ready().Process("empty");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

TEST(Library, AnswersInWordsWhenItsProcessBreaksTheRules) {
  const Library library = Ready();
  EXPECT_EQ(library.Process("throw").status, 500);
  EXPECT_EQ(library.Process("throw").body, "process() threw an exception: out of luck");
  EXPECT_EQ(library.Process("negative").status, 500);
}

TEST(Library, AFailedInitializeIsToldWithItsState) {
  Library library = Opened();
  const Status failed = library.Initialize("/model", "fail");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(failed.error().message(), "initialize() failed with state 400");
  EXPECT_EQ(library.Initialize("/model", "throw").error().message(),
            "initialize() threw an exception: no such model");
}

TEST(Library, WhatIsNoProcessorIsRefused) {
  EXPECT_EQ(Library::Open("/nonexistent/libx.so").error().code(), Code::kFailedPrecondition);
  const auto other = Library::Open("libm.so.6");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message().find("initialize"), std::string::npos);
}

}  // namespace
}  // namespace atelier::processor
