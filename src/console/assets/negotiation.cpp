#include "console/assets/negotiation.h"

#include "base/ascii.h"
#include "base/text.h"

namespace atelier::console {

namespace {

/// An item of a header that lists what a client takes: "br;q=0.5".
struct Item {
  std::string_view name;
  int weight = 1000;  // thousandths; 0: refused
};

/// "0.5" as 500; what is no weight counts as refused.
int Weight(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  if (text[0] == '1') return 1000;
  int weight = 0;
  int unit = 100;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!IsDigit(digit)) return 0;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  return weight;
}

Item ItemOf(std::string_view text) {
  const Halves halves = Cut(text, ';');
  Item item{.name = Trim(halves.before)};
  for (const std::string_view parameter : Split(halves.after, ';')) {
    const Halves pair = Cut(Trim(parameter), '=');
    if (EqualsIgnoreCase(Trim(pair.before), "q")) item.weight = Weight(Trim(pair.after));
  }
  return item;
}

/// Of a coding that the list names neither itself nor as "*": `otherwise`.
int WeightOf(std::string_view list, std::string_view coding, int otherwise) {
  for (const std::string_view piece : Split(list, ',')) {
    const Item item = ItemOf(piece);
    if (EqualsIgnoreCase(item.name, coding)) return item.weight;
    if (item.name == "*") otherwise = item.weight;
  }
  return otherwise;
}

}  // namespace

Chosen Choose(const Asset& asset, std::string_view accept_encoding) {
  Chosen best{.body = &asset.plain, .coding = ""};
  // Not named, `identity` is taken, but anything that was asked for by name is liked better.
  int weight = WeightOf(accept_encoding, "identity", 1);
  const auto offer = [&](const Asset::Body& body, std::string_view coding) {
    const int liked = WeightOf(accept_encoding, coding, 0);
    if (body.etag.empty() || liked == 0 || liked < weight) return;
    best = {.body = &body, .coding = coding};
    weight = liked + 1;
  };
  offer(asset.brotli, "br");
  offer(asset.gzip, "gzip");
  return best;
}

bool Matches(std::string_view if_none_match, std::string_view etag) {
  for (std::string_view tag : Split(if_none_match, ',')) {
    tag = Trim(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
  }
  return false;
}

std::string MediaTypes(std::string_view accept) {
  std::string types;
  for (const std::string_view piece : Split(accept, ',')) {
    const Item item = ItemOf(piece);
    if (item.weight > 0) types.append(types.empty() ? "" : ",").append(item.name);
  }
  return types;
}

}  // namespace atelier::console
