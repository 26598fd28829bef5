// The bytes of a model, all numbers little endian:
//   "ATRM"  u32 version  u32 CRC-32 of what follows
//   u64 items  u64 edges
//   items times: u32 length, the key
//   items times: u32 number of the item's edges
//   edges times: u32 to, f32 weight
#include "recommender/model.h"

#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include <boost/crc.hpp>

#include "recommender/ease/model_builder.h"

namespace atelier::recommender {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

constexpr std::string_view kMagic = "ATRM";
constexpr std::uint32_t kVersion = 1;

std::uint32_t ChecksumOf(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

template <class Number>
void Append(std::string& out, Number number) {
  const auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
  out.append(bytes.data(), bytes.size());
}

Error Unreadable(std::string_view why) {
  return {Code::kDataLoss, "The stored model cannot be read: " + std::string(why) + ".",
          "UnreadableModel"};
}

/// Reads from the front; nothing once the bytes do not suffice.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }

  std::optional<std::string_view> Take(std::uint64_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  template <class Number>
  std::optional<Number> Take() {
    const auto bytes = Take(sizeof(Number));
    if (!bytes) return std::nullopt;
    std::array<char, sizeof(Number)> raw{};
    bytes->copy(raw.data(), raw.size());
    return std::bit_cast<Number>(raw);
  }

 private:
  std::string_view rest_;
};

std::optional<std::vector<std::string>> TakeKeys(Reader& in, std::uint64_t items) {
  std::vector<std::string> keys;
  keys.reserve(items);
  for (std::uint64_t i = 0; i < items; ++i) {
    const auto length = in.Take<std::uint32_t>();
    const auto key = length ? in.Take(*length) : std::nullopt;
    if (!key) return std::nullopt;
    keys.emplace_back(*key);
  }
  return keys;
}

std::optional<std::vector<std::uint64_t>> TakeStarts(Reader& in, std::uint64_t items,
                                                     std::uint64_t edges) {
  std::vector<std::uint64_t> starts = {0};
  starts.reserve(items + 1);
  for (std::uint64_t i = 0; i < items; ++i) {
    const auto count = in.Take<std::uint32_t>();
    if (!count) return std::nullopt;
    starts.push_back(starts.back() + *count);  // no overflow: 2^32 items of 2^32 edges fit
  }
  if (starts.back() != edges) return std::nullopt;
  return starts;
}

/// Only what Train could have made: ascending, within the items, finite.
std::optional<std::vector<Model::Edge>> TakeEdges(Reader& in,
                                                  const std::vector<std::uint64_t>& starts) {
  std::vector<Model::Edge> edges;
  edges.reserve(starts.back());
  for (std::size_t item = 0; item + 1 < starts.size(); ++item) {
    std::uint64_t least = 0;
    while (edges.size() < starts[item + 1]) {
      const auto to = in.Take<std::uint32_t>();
      const auto weight = in.Take<float>();
      if (!to || !weight || *to < least || *to >= starts.size() - 1 || !std::isfinite(*weight)) {
        return std::nullopt;
      }
      least = std::uint64_t{*to} + 1;
      edges.push_back({.to = *to, .weight = *weight});
    }
  }
  return edges;
}

}  // namespace

std::string Model::Encode() const {
  std::string body;
  Append(body, std::uint64_t{keys_.size()});
  Append(body, std::uint64_t{edges_.size()});
  for (const std::string& key : keys_) {
    Append(body, static_cast<std::uint32_t>(key.size()));
    body += key;
  }
  for (std::size_t i = 0; i < size(); ++i) {
    Append(body, static_cast<std::uint32_t>(starts_[i + 1] - starts_[i]));
  }
  for (const Edge& edge : edges_) {
    Append(body, edge.to);
    Append(body, edge.weight);
  }
  std::string bytes(kMagic);
  Append(bytes, kVersion);
  Append(bytes, ChecksumOf(body));
  return bytes + body;
}

Result<Model> Model::Decode(std::string_view bytes) {
  Reader in(bytes);
  if (in.Take(kMagic.size()) != kMagic) return Unreadable("it is something else");
  if (in.Take<std::uint32_t>() != kVersion) return Unreadable("its version is unknown");
  const auto checksum = in.Take<std::uint32_t>();
  if (!checksum || *checksum != ChecksumOf(bytes.substr(bytes.size() - in.left()))) {
    return Unreadable("its checksum differs");
  }
  const auto items = in.Take<std::uint64_t>();
  const auto edges = in.Take<std::uint64_t>();
  // Before any memory is asked for: a key takes eight bytes at least, an edge eight.
  if (!items || !edges || *items > in.left() / 8 || *edges > in.left() / 8) {
    return Unreadable("its size is wrong");
  }
  auto keys = TakeKeys(in, *items);
  auto starts = keys ? TakeStarts(in, *items, *edges) : std::nullopt;
  auto all = starts ? TakeEdges(in, *starts) : std::nullopt;
  if (!all || in.left() != 0) return Unreadable("its parts do not fit together");
  return ModelBuilder::Take(*std::move(keys), *std::move(starts), *std::move(all));
}

}  // namespace atelier::recommender
