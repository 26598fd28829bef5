// The recommender's room alone, in process, on one thread: what it answers to each user of a file
// of interactions, how long a training takes, and an answer. bench/recommender.py judges the
// answers.
//
//     recommender_bench INTERACTIONS ITEMS
//
// Both as in the data sets of the Python package recbole: a heading, then fields with tabs between
// them. INTERACTIONS: user, item, rating, UNIX seconds; the order of the lines is that of arrival.
// ITEMS: item, title, year, classes with spaces between them, of which the first is the category.
// Prints one JSON object. Times are of this thread's processor, so that what else runs on the
// machine counts less; each user is answered thrice.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "recommender/recommender.h"

namespace atelier::bench {
namespace {

using recommender::Data;
using recommender::Recommender;

constexpr std::size_t kCount = 20;
constexpr int kRounds = 3;

struct Report {
  std::size_t users{}, items{}, interactions{}, model_bytes{};
  double load_s{}, train_s{}, answer_p50_ms{}, answer_p99_ms{}, answers_per_s{};
  std::map<std::string, std::vector<std::string>> answers;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (users, items, interactions, model_bytes, load_s, train_s, answer_p50_ms,
                       answer_p99_ms, answers_per_s, answers))

/// Of this thread's processor.
double CpuSeconds() {
  struct timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The lines but the first, each in its fields. Nothing: the file cannot be read.
std::optional<std::vector<std::vector<std::string>>> ReadTable(const char* path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  std::vector<std::vector<std::string>> lines;
  while (std::getline(file, line)) {
    auto& fields = lines.emplace_back();
    for (std::size_t begin = 0, end = 0; end != line.size(); begin = end + 1) {
      end = std::min(line.find('\t', begin), line.size());
      fields.push_back(line.substr(begin, end - begin));
    }
  }
  return lines;
}

struct Input {
  Data data;
  std::vector<std::string> users;
  WallTime newest{};
  std::size_t interactions = 0;
};

std::optional<Input> Load(const char* interactions, const char* items) {
  const auto item_table = ReadTable(items);
  const auto interaction_table = ReadTable(interactions);
  if (!item_table || !interaction_table) return std::nullopt;
  Input input;
  for (const auto& fields : *item_table) {
    if (fields.size() < 4) return std::nullopt;
    input.data.PutItem({.key = fields[0], .category = fields[3].substr(0, fields[3].find(' '))});
  }
  for (const auto& fields : *interaction_table) {
    if (fields.size() < 4) return std::nullopt;
    const WallTime when{std::chrono::seconds(std::strtoll(fields[3].c_str(), nullptr, 10))};
    if (!input.data.FindUser(fields[0])) input.users.push_back(fields[0]);
    input.data.Add({.user = fields[0], .item = fields[1], .type = "click", .when = when});
    input.newest = std::max(input.newest, when);
  }
  input.interactions = interaction_table->size();
  return input;
}

void Ask(const Recommender& recommender, const Input& input, Report& report) {
  std::vector<double> took;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& user : input.users) {
      const double begin = CpuSeconds();
      const auto picks =
          recommender.Recommend({.user = user, .count = kCount, .now = input.newest});
      took.push_back(CpuSeconds() - begin);
      std::vector<std::string>& items = report.answers[user];
      items.clear();
      for (const auto& pick : picks) items.push_back(pick.item);
    }
  }
  double all = 0;
  for (const double one : took) all += one;
  std::ranges::sort(took);
  report.answer_p50_ms = took[took.size() / 2] * 1e3;
  report.answer_p99_ms = took[took.size() * 99 / 100] * 1e3;
  report.answers_per_s = static_cast<double>(took.size()) / all;
}

int Main(const char* interactions, const char* items) {
  Report report;
  double begin = CpuSeconds();
  auto input = Load(interactions, items);
  if (!input || input->users.empty()) {
    std::fprintf(stderr, "%s and %s are not such tables\n", interactions, items);
    return 1;
  }
  report.load_s = CpuSeconds() - begin;
  report.users = input->users.size();
  report.interactions = input->interactions;

  begin = CpuSeconds();
  auto model = Train(input->data.TakeSnapshot(), {}, {}, [](double) {});
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().ToString().c_str());
    return 1;
  }
  report.train_s = CpuSeconds() - begin;
  report.model_bytes = model->Encode().size();

  Recommender recommender(std::move(input->data));
  recommender.SetModel(std::make_shared<const recommender::Model>(*std::move(model)));
  report.items = recommender.data().item_count();
  Ask(recommender, *input, report);
  std::printf("%s\n", ToJson(report).c_str());
  return 0;
}

}  // namespace
}  // namespace atelier::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: recommender_bench INTERACTIONS ITEMS\n");
    return 2;
  }
  return atelier::bench::Main(argv[1], argv[2]);
}
