#include "directory/index/packed.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/codec.h"

namespace atelier::directory {

namespace {

// Integers are written seven bits a byte, lowest first, the sign in the lowest bit, so that small
// ones take one byte. Texts and lists go behind their length.

class Writer {
 public:
  template <class T>
  void Put(const T& value) {
    if constexpr (std::same_as<T, WallTime>) {
      Integer(value.time_since_epoch().count());
    } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
      Integer(static_cast<std::int64_t>(value));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      Text(value);
    } else if constexpr (std::same_as<T, json::object>) {
      Text(value.empty() ? std::string() : json::serialize(value));
    } else if constexpr (codec::kIsOptional<T>) {
      Integer(value ? 1 : 0);
      if (value) Put(*value);
    } else if constexpr (codec::kIsVector<T>) {
      Length(value.size());
      for (const auto& item : value) Put(item);
    } else if constexpr (codec::kIsMap<T>) {
      Length(value.size());
      for (const auto& [key, item] : value) {
        Text(key);
        Put(item);
      }
    } else {
      boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { Put(value.*d.pointer); });
    }
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void Length(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>(value | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  void Integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    Length(bits << 1U ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void Text(std::string_view text) {
    Length(text.size());
    bytes_ += text;
  }

  std::string bytes_;
};

/// Reads what Writer wrote; nobody else's bytes come here.
class Reader {
 public:
  explicit Reader(const char* at) : at_(at) {}

  template <class T>
  void Get(T& value) {
    if constexpr (std::same_as<T, WallTime>) {
      value = WallTime{Duration{Integer()}};
    } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
      value = static_cast<T>(Integer());
    } else if constexpr (std::same_as<T, std::string>) {
      value = Text();
    } else if constexpr (kIsId<T>) {
      value = T(Text());
    } else if constexpr (std::same_as<T, json::object>) {
      if (const std::string_view text = Text(); !text.empty())
        value = json::parse({text.data(), text.size()}).as_object();
    } else if constexpr (codec::kIsOptional<T>) {
      if (Integer() != 0) Get(value.emplace());
    } else if constexpr (codec::kIsVector<T>) {
      value.resize(Length());
      for (auto& item : value) Get(item);
    } else if constexpr (codec::kIsMap<T>) {
      for (std::uint64_t left = Length(); left > 0; --left) {
        const std::string_view key = Text();
        Get(value.emplace_hint(value.end(), key, typename T::mapped_type())->second);
      }
    } else {
      boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { Get(value.*d.pointer); });
    }
  }

  std::string_view Text() {
    const std::uint64_t length = Length();
    const std::string_view text(at_, length);
    at_ += length;
    return text;
  }

 private:
  std::uint64_t Length() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
  }
  std::int64_t Integer() {
    const std::uint64_t bits = Length();
    return static_cast<std::int64_t>(bits >> 1U ^ (~(bits & 1U) + 1U));
  }

  const char* at_;
};

/// Those that are asked for alone stand first.
constexpr std::array<std::string_view, 4> kFirst = {"id", "name", "status", "generation"};

template <class Visit>
void ForEachMember(Visit visit) {
  using I = model::Instance;
  visit(&I::id);
  visit(&I::name);
  visit(&I::status);
  visit(&I::generation);
  boost::mp11::mp_for_each<codec::Members<I>>([&]<class Member>(Member) {
    if constexpr (std::ranges::find(kFirst, std::string_view(Member::name)) == kFirst.end())
      visit(Member::pointer);
  });
}

}  // namespace

PackedInstance::PackedInstance(const model::Instance& instance) {
  Writer writer;
  ForEachMember([&](auto pointer) { writer.Put(instance.*pointer); });
  const std::string& bytes = writer.bytes();
  bytes_ = std::make_unique_for_overwrite<char[]>(bytes.size());
  std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

std::string_view PackedInstance::id() const { return Reader(bytes_.get()).Text(); }

std::string_view PackedInstance::name() const {
  Reader reader(bytes_.get());
  reader.Text();
  return reader.Text();
}

Standing PackedInstance::standing() const {
  Reader reader(bytes_.get());
  reader.Text();
  reader.Text();
  Standing standing;
  reader.Get(standing.status);
  reader.Get(standing.generation);
  return standing;
}

model::Instance PackedInstance::Unpack() const {
  model::Instance instance;
  Reader reader(bytes_.get());
  ForEachMember([&](auto pointer) { reader.Get(instance.*pointer); });
  return instance;
}

}  // namespace atelier::directory
