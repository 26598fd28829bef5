#pragma once
#include <cmath>

namespace atelier::recommender {

/// What an item of a history enters the regression with. The root keeps a purchase from outweighing
/// a handful of clicks; refusals are filtered, not learnt from.
inline double TasteOf(double strength) { return strength > 0 ? std::sqrt(strength) : 0; }

/// Of the items a user took, each counts half of the one taken so many later. Chosen on MovieLens
/// with every user's last item held out and the one before it asked for (docs/recommendations.md).
inline constexpr double kTasteHalfLife = 10;

/// Items whose taste has faded to a thousandth are not looked at.
inline constexpr std::size_t kMaxScanned = 100;

}  // namespace atelier::recommender
