// rooms: recommender
// Arbitrary bytes as a stored recommender model, as they come and behind a checksum that fits, so
// that more than the checksum is tried. What decodes must encode to the same bytes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/crc.hpp>

#include "base/check.h"
#include "recommender/recommender.h"

namespace atelier::recommender {
namespace {

std::string Sealed(std::string_view body) {
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  std::string bytes("ATRM\1\0\0\0", 8);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>((crc.checksum() >> shift) & 0xFFU));
  }
  return bytes.append(body);
}

void Try(std::string_view bytes) {
  auto model = Model::Decode(bytes);
  if (!model) return;
  ATELIER_CHECK(model->Encode() == bytes, "there is one way to write a model");
  Recommender recommender;
  for (std::size_t i = 0; i < model->size(); ++i) {
    recommender.data().PutItem({.key = model->KeyOf(i)});
    if (i % 2 == 0) {
      recommender.data().Add({.user = "u", .item = model->KeyOf(i), .type = "click"});
    }
  }
  recommender.SetModel(std::make_shared<const Model>(*std::move(model)));
  const auto picks = recommender.Recommend({.user = "u", .count = 10});
  ATELIER_CHECK(picks.size() <= 10, "any model that decodes can be answered from");
}

}  // namespace
}  // namespace atelier::recommender

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  atelier::recommender::Try(bytes);
  atelier::recommender::Try(atelier::recommender::Sealed(bytes));
  return 0;
}
