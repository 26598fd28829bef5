#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/result.h"

namespace atelier::recommender {

/// A square matrix of doubles that others fill, of which only the lower triangle counts.
class SymmetricMatrix {
 public:
  /// All zero. Takes BytesFor(size).
  explicit SymmetricMatrix(std::size_t size);
  SymmetricMatrix(const SymmetricMatrix&) = delete;
  SymmetricMatrix& operator=(const SymmetricMatrix&) = delete;
  ~SymmetricMatrix();

  /// With what InverseColumns needs besides.
  static std::size_t BytesFor(std::size_t size);

  std::size_t size() const;
  /// Needs row >= column.
  void Add(std::size_t row, std::size_t column, double what);

  using Column = std::function<void(std::size_t column, const double* values)>;

  /// Calls `each` with the columns of the inverse, in order; the matrix is used up. `progress` gets
  /// the part done, 0 to 1.
  /// Cancelled: `stop` was asked for. Internal: the matrix is not positive definite.
  Status InverseColumns(const std::stop_token& stop, const std::function<void(double)>& progress,
                        const Column& each);

 private:
  struct Storage;
  Status Factorize(const std::stop_token& stop, const std::function<void(double)>& progress);

  std::unique_ptr<Storage> storage_;
};

}  // namespace atelier::recommender
