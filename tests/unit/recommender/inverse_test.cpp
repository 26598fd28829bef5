#include "recommender/ease/inverse.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace atelier::recommender {
namespace {

using Columns = std::vector<std::vector<double>>;

const auto kNoProgress = [](double) {};

/// The entry of a matrix that is positive definite: its diagonal outweighs each row.
double EntryAt(std::size_t row, std::size_t column, std::size_t size) {
  if (row == column) return static_cast<double>(size);
  return std::cos(static_cast<double>(row * column));
}

void Fill(SymmetricMatrix& matrix) {
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      matrix.Add(row, column, EntryAt(row, column, matrix.size()));
    }
  }
}

TEST(Inverse, OfTwoByTwo) {
  // 1/5 of (2 -1; -1 3) is the inverse of (3 1; 1 2).
  SymmetricMatrix matrix(2);
  matrix.Add(0, 0, 3);
  matrix.Add(1, 0, 1);
  matrix.Add(1, 1, 2);
  Columns columns;
  ASSERT_TRUE(matrix.InverseColumns({}, kNoProgress, [&](std::size_t, const double* values) {
    columns.emplace_back(values, values + 2);
  }));
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_NEAR(columns[0][0], 0.4, 1e-15);
  EXPECT_NEAR(columns[0][1], -0.2, 1e-15);
  EXPECT_NEAR(columns[1][0], -0.2, 1e-15);
  EXPECT_NEAR(columns[1][1], 0.6, 1e-15);
}

/// Of one panel, of several, and of several and a rest.
TEST(Inverse, TimesTheMatrixIsOne) {
  for (const std::size_t size : {1UL, 63UL, 64UL, 65UL, 128UL, 200UL}) {
    SymmetricMatrix matrix(size);
    Fill(matrix);
    std::size_t seen = 0;
    ASSERT_TRUE(matrix.InverseColumns({}, kNoProgress, [&](std::size_t at, const double* values) {
      EXPECT_EQ(at, seen++);
      for (std::size_t row = 0; row < size; ++row) {
        double sum = 0;
        for (std::size_t k = 0; k < size; ++k) sum += EntryAt(row, k, size) * values[k];
        EXPECT_NEAR(sum, row == at ? 1 : 0, 1e-9) << size << ": " << row << ", " << at;
      }
    }));
    EXPECT_EQ(seen, size);
  }
}

TEST(Inverse, ProgressRisesToOne) {
  SymmetricMatrix matrix(200);
  Fill(matrix);
  double last = 0;
  ASSERT_TRUE(matrix.InverseColumns(
      {},
      [&](double done) {
        EXPECT_GE(done, last);
        last = done;
      },
      [](std::size_t, const double*) {}));
  EXPECT_DOUBLE_EQ(last, 1);
}

TEST(Inverse, StopsAtTheNextPanel) {
  SymmetricMatrix matrix(200);
  Fill(matrix);
  std::stop_source stop;
  std::size_t columns = 0;
  const Status status =
      matrix.InverseColumns(stop.get_token(), kNoProgress, [&](std::size_t column, const double*) {
        ++columns;
        if (column == 10) stop.request_stop();
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kCancelled);
  EXPECT_EQ(columns, 64u);
}

TEST(Inverse, RefusesWhatIsNotPositiveDefinite) {
  SymmetricMatrix matrix(2);  // all zero
  const Status status =
      matrix.InverseColumns({}, kNoProgress, [](std::size_t, const double*) { FAIL(); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kInternal);
}

}  // namespace
}  // namespace atelier::recommender
