#include "base/codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/encoding.h"
#include "base/text.h"

namespace atelier {

namespace {

/// Length of the well-formed UTF-8 sequence at `text`, or 0 (RFC 3629: no surrogates, no overlong
/// forms).
std::size_t SequenceLength(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && ContinuesCharacter(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && at(1) < 0xA0) return 0;
    if (lead == 0xED && at(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xF0 && at(1) < 0x90) return 0;
    if (lead == 0xF4 && at(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

/// Boost.JSON reads 1e999 as infinity, and would write it as a word that no JSON parser takes.
bool AllFinite(const json::value& value) {
  if (const double* number = value.if_double()) return std::isfinite(*number);
  if (const json::array* array = value.if_array()) return std::ranges::all_of(*array, AllFinite);
  if (const json::object* object = value.if_object()) {
    return std::ranges::all_of(*object,
                               [](const auto& member) { return AllFinite(member.value()); });
  }
  return true;
}

bool IsPlain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = kOnes * 0x80U;

std::uint64_t WordAt(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

/// Whether all eight bytes are printable ASCII that needs no escape. The tests set the high bit of
/// every byte that fails (and perhaps of later ones: only "any" is asked).
bool IsPlainWord(std::uint64_t word) {
  const auto zeroes = [](std::uint64_t w) { return (w - kOnes) & ~w; };
  const std::uint64_t special = zeroes(word ^ (kOnes * '"')) | zeroes(word ^ (kOnes * '\\'));
  const std::uint64_t control = (word - kOnes * 0x20U) & ~word;
  return ((word | control | special) & kHighs) == 0;
}

/// Whether the whole text can be copied as it is: nearly every text of an answer. Eight bytes at a
/// time, the last eight once more if need be: most of the time of an answer was spent here.
bool IsPlainText(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) {
    return std::ranges::all_of(text, [](char c) { return IsPlain(static_cast<unsigned char>(c)); });
  }
  for (std::size_t i = 0; i + kWord <= text.size(); i += kWord) {
    if (!IsPlainWord(WordAt(text, i))) return false;
  }
  return IsPlainWord(WordAt(text, text.size() - kWord));
}

/// The end of the run at `begin` of bytes that can be copied as they are.
std::size_t PlainEnd(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  while (i + sizeof(std::uint64_t) <= text.size() && IsPlainWord(WordAt(text, i)))
    i += sizeof(std::uint64_t);
  while (i < text.size() && IsPlain(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

/// Text with something to escape, or bytes that are not ASCII.
void AppendEscaped(std::string& out, std::string_view text) {
  std::size_t plain = 0;  // start of the run not yet copied
  const auto flush = [&](std::size_t end) { out.append(text.substr(plain, end - plain)); };
  std::size_t i = 0;
  while (i < text.size()) {
    i = PlainEnd(text, i);
    if (i == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      const std::size_t length = SequenceLength(text.substr(i));
      if (length > 0) {
        i += length;
        continue;
      }
    }
    flush(i);
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte >= 0x80) {
          out += "\xEF\xBF\xBD";
        } else {
          out += "\\u00";
          out += Hex({&byte, 1});
        }
    }
    plain = ++i;
  }
  flush(text.size());
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kParserBuffer = 4096;  // of a small body; a larger one takes the heap

/// "line 2, column 6": of the byte at `offset`, columns in characters, both from 1.
std::string PlaceIn(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  return "line " + std::to_string(std::ranges::count(before, '\n') + 1) + ", column " +
         std::to_string(CountCharacters(line) + 1);
}

}  // namespace

std::optional<std::string> ScalarText(const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(*text);
  if (const double* number = value.if_double()) return ToJson(*number);
  if (value.is_null() || value.is_structured()) return std::nullopt;
  return json::serialize(value);
}

std::string TextOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::optional<std::int64_t> WholeNumber(const json::value& value) {
  constexpr double kMaxExact = 9007199254740992;  // 2^53: every integer up to it has a double
  if (const auto* integer = value.if_int64()) return *integer;
  const double* number = value.if_double();
  if (number == nullptr || !(std::abs(*number) <= kMaxExact) || std::trunc(*number) != *number)
    return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::string Problems::Join() const {
  std::string all;
  for (const std::string& problem : list_) {
    if (!all.empty()) all += "; ";
    all += problem;
  }
  if (!all.empty()) all += ".";
  return all;
}

Result<json::value> ParseJson(std::string_view text, json::storage_ptr memory) {
  if (text.starts_with(kByteOrderMark)) {
    return atelier::Error(Code::kInvalidArgument,
                          "The body is not valid JSON: it begins with a byte order mark. Save it "
                          "as UTF-8 without one.");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return atelier::Error(Code::kInvalidArgument,
                          "The body is required: an empty one is not valid JSON.");
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  std::array<unsigned char, kParserBuffer> buffer;
  json::parser parser(json::storage_ptr(), options, buffer.data(), buffer.size());
  parser.reset(std::move(memory));
  boost::system::error_code error;
  const std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (error == json::error::too_deep) {
    return atelier::Error(Code::kInvalidArgument, "The JSON is nested more than 32 levels deep.");
  }
  if (error == json::error::incomplete)
    return atelier::Error(Code::kInvalidArgument, "The body is not valid JSON: it ends too early.");
  if (error || read < text.size()) {
    return atelier::Error(
        Code::kInvalidArgument,
        "The body is not valid JSON: there is a mistake at " + PlaceIn(text, read) + ".");
  }
  json::value value = parser.release();
  if (!AllFinite(value)) {
    return atelier::Error(Code::kInvalidArgument, "The JSON holds a number that is too large.");
  }
  return value;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  if (IsPlainText(text))
    out += text;
  else
    AppendEscaped(out, text);
  out += '"';
}

}  // namespace atelier
