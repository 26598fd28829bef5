#include "directory/recommender_query.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/page.h"

namespace atelier::directory {

namespace {

bool ExpiresBy(const model::Recommender& recommender, WallTime limit, WallTime now) {
  const WallTime expires = model::ExpiredTime(recommender, now);
  return expires > now && expires <= limit;
}

}  // namespace

std::vector<RecommenderPtr> ListRecommenders(const RecommenderDirectory& directory,
                                             const RecommenderQuery& query, WallTime now) {
  std::vector<RecommenderPtr> hits;
  for (RecommenderPtr& recommender : directory.All()) {
    if (ContainsIgnoreCase(recommender->name, query.name) &&
        ContainsIgnoreCase(recommender->id.str(), query.id) &&
        (!query.status || model::StatusOf(*recommender) == *query.status) &&
        (!query.expires_by || ExpiresBy(*recommender, *query.expires_by, now))) {
      hits.push_back(std::move(recommender));
    }
  }
  std::ranges::sort(hits, [](const RecommenderPtr& a, const RecommenderPtr& b) {
    return a->created != b->created ? a->created > b->created : a->id < b->id;
  });
  return PageOf(std::move(hits), query.page, query.size);
}

}  // namespace atelier::directory
