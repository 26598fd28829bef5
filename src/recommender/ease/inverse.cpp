// The only file that sees Eigen. It is compiled with optimisation in every preset: without it a
// training of a second takes minutes.
#include "recommender/ease/inverse.h"

#include <algorithm>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace atelier::recommender {

namespace {

/// Between two looks at the stop token: a panel of so many columns. 10,000 items: under 0.2 s.
constexpr Eigen::Index kPanel = 64;

Error Stopped() { return {Code::kCancelled, "The training was stopped.", "TrainingStopped"}; }

}  // namespace

struct SymmetricMatrix::Storage {
  Eigen::MatrixXd matrix;
};

SymmetricMatrix::SymmetricMatrix(std::size_t size) : storage_(std::make_unique<Storage>()) {
  const auto n = static_cast<Eigen::Index>(size);
  storage_->matrix = Eigen::MatrixXd::Zero(n, n);
}

SymmetricMatrix::~SymmetricMatrix() = default;

std::size_t SymmetricMatrix::BytesFor(std::size_t size) {
  // The matrix, a panel of the answer, and two of the size of a panel that products pack into.
  return sizeof(double) * size * (size + 3 * static_cast<std::size_t>(kPanel));
}

std::size_t SymmetricMatrix::size() const {
  return static_cast<std::size_t>(storage_->matrix.rows());
}

void SymmetricMatrix::Add(std::size_t row, std::size_t column, double what) {
  storage_->matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) += what;
}

/// The lower triangle becomes L of L times its transpose, panel by panel from the left: Eigen's own
/// factorisation cannot be asked to stop.
Status SymmetricMatrix::Factorize(const std::stop_token& stop,
                                  const std::function<void(double)>& progress) {
  Eigen::MatrixXd& a = storage_->matrix;
  const Eigen::Index n = a.rows();
  for (Eigen::Index at = 0; at < n; at += kPanel) {
    if (stop.stop_requested()) return Stopped();
    const Eigen::Index width = std::min(kPanel, n - at);
    const Eigen::Index below = n - at - width;
    auto corner = a.block(at, at, width, width);
    if (Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>>(corner).info() != Eigen::Success) {
      return Error(Code::kInternal, "The item model could not be solved.", "NotPositiveDefinite");
    }
    auto panel = a.block(at + width, at, below, width);
    corner.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(panel);
    a.bottomRightCorner(below, below).selfadjointView<Eigen::Lower>().rankUpdate(panel, -1);
    progress(static_cast<double>(at + width) / static_cast<double>(n));
  }
  return Ok();
}

Status SymmetricMatrix::InverseColumns(const std::stop_token& stop,
                                       const std::function<void(double)>& progress,
                                       const Column& each) {
  // A third of the work is the factor, by the count of multiplications.
  constexpr double kFactor = 1.0 / 3;
  ATELIER_RETURN_IF_ERROR(Factorize(stop, [&](double done) { progress(kFactor * done); }));

  const Eigen::MatrixXd& factor = storage_->matrix;
  const Eigen::Index n = factor.rows();
  Eigen::MatrixXd columns;
  for (Eigen::Index at = 0; at < n; at += kPanel) {
    if (stop.stop_requested()) return Stopped();
    const Eigen::Index width = std::min(kPanel, n - at);
    columns.setZero(n, width);
    columns.block(at, 0, width, width).setIdentity();
    // L times these is zero above `at`: only the rows from there on can differ from zero.
    auto rest = columns.bottomRows(n - at);
    factor.bottomRightCorner(n - at, n - at).triangularView<Eigen::Lower>().solveInPlace(rest);
    factor.triangularView<Eigen::Lower>().transpose().solveInPlace(columns);
    for (Eigen::Index c = 0; c < width; ++c) {
      each(static_cast<std::size_t>(at + c), columns.col(c).data());
    }
    progress(kFactor + (1 - kFactor) * static_cast<double>(at + width) / static_cast<double>(n));
  }
  return Ok();
}

}  // namespace atelier::recommender
