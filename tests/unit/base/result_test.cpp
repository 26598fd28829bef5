#include "base/result.h"

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/task.h"
#include "support/run.h"

namespace atelier {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error(Code::kInvalidArgument, "The number is odd.", "Odd");
  return number / 2;
}

Status Even(int number) {
  ATELIER_RETURN_IF_ERROR(Half(number));
  return Ok();
}

Result<std::string> Quarter(int number) {
  ATELIER_TRY(const int half, Half(number));
  ATELIER_TRY(const int quarter, Half(half));
  return std::to_string(quarter);
}

Task<Result<std::string>> QuarterLater(int number) {
  ATELIER_CO_RETURN_IF_ERROR(Even(number));
  ATELIER_CO_TRY(std::string text, Quarter(number));
  co_return text + " later";
}

TEST(Result, TryPassesTheValueOnAndReturnsTheFirstError) {
  EXPECT_EQ(Quarter(8).value(), "2");
  EXPECT_EQ(Quarter(7).error().reason(), "Odd");
  EXPECT_EQ(Quarter(6).error().reason(), "Odd");
}

TEST(Result, TryWorksInCoroutines) {
  asio::io_context io;
  EXPECT_EQ(test::Run(io, QuarterLater(8)).value(), "2 later");
  EXPECT_EQ(test::Run(io, QuarterLater(7)).error().reason(), "Odd");
  EXPECT_EQ(test::Run(io, QuarterLater(6)).error().reason(), "Odd");
}

TEST(Result, TryMovesAValueThatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> Result<int> {
    ATELIER_TRY(const auto pointer, make());
    return *pointer;
  };
  EXPECT_EQ(use().value(), 7);
}

TEST(Result, AStatusIsOkOrItsError) {
  EXPECT_TRUE(Even(2));
  EXPECT_EQ(Even(3).error().code(), Code::kInvalidArgument);
}

TEST(Error, KnowsItsCodeReasonMessageAndPlace) {
  const Error error(Code::kNotFound, "Instance dsw-1 does not exist.", "UnknownInstance");
  const Error copy =
      error;  // NOLINT(performance-unnecessary-copy-initialization): the copy is the test
  EXPECT_EQ(copy.code(), Code::kNotFound);
  EXPECT_EQ(copy.reason(), "UnknownInstance");
  EXPECT_EQ(copy.message(), "Instance dsw-1 does not exist.");
  EXPECT_EQ(copy.ToString(),
            "NotFound/UnknownInstance: Instance dsw-1 does not exist. (result_test.cpp:" +
                std::to_string(error.where().line()) + ")");
  EXPECT_EQ(Error(Code::kInternal, "m").ToString().substr(0, 12), "Internal: m ");
}

TEST(Error, EveryCodeHasItsName) {
  EXPECT_EQ(ToString(Code::kInvalidArgument), "InvalidArgument");
  EXPECT_EQ(ToString(Code::kFailedPrecondition), "FailedPrecondition");
  EXPECT_EQ(ToString(Code::kResourceExhausted), "ResourceExhausted");
  EXPECT_EQ(ToString(Code::kDataLoss), "DataLoss");
  EXPECT_EQ(ToString(Code::kInternal), "Internal");
}

}  // namespace
}  // namespace atelier
