#include "http/wire/head.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/text.h"

namespace atelier::http {

namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";  // the phrase is for people only (RFC 9112 section 4)
  }
}

void AppendNumber(std::string& out, std::uint64_t value, int base = 10) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

/// A line break in a value would let whoever chose it write headers of their own.
void AppendText(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out.append(text);
  const auto has = [text](char c) { return text.find(c) != std::string_view::npos; };
  if (!has('\r') && !has('\n') && !has('\0')) return;
  for (std::size_t i = start; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

bool IsFraming(std::string_view name, bool upgrade) {
  switch (name.size()) {
    case 10:
      return !upgrade && EqualsIgnoreCase(name, "Connection");
    case 14:
      return EqualsIgnoreCase(name, "Content-Length");
    case 17:
      return EqualsIgnoreCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

void AppendHeaders(std::string& out, const Headers& headers, const Framing& framing) {
  for (const auto& [name, value] : headers.entries()) {
    if (IsFraming(name, framing.upgrade)) continue;
    AppendText(out, name);
    out += ": ";
    AppendText(out, value);
    out += "\r\n";
  }
  if (framing.content_length) {
    out += "Content-Length: ";
    AppendNumber(out, *framing.content_length);
    out += "\r\n";
  }
  if (framing.chunked) out += "Transfer-Encoding: chunked\r\n";
  if (framing.close) out += "Connection: close\r\n";
  out += "\r\n";
}

}  // namespace

bool HasNoBody(int status) { return status == 204 || status == 304; }

std::optional<std::uint64_t> SizeOfBody(const RequestHead& request, const ResponseHead& head) {
  if (request.method == "HEAD" || HasNoBody(head.status)) return 0;
  return ParseNumber<std::uint64_t>(head.headers.Get("Content-Length"));
}

void AppendResponseHead(std::string& out, int status, const Headers& headers,
                        const Framing& framing, std::string_view date) {
  out += "HTTP/1.1 ";
  AppendNumber(out, static_cast<std::uint64_t>(status));
  out += ' ';
  out += ReasonPhrase(status);
  out += "\r\n";
  if (!headers.Has("Date")) {
    out += "Date: ";
    out += date;
    out += "\r\n";
  }
  AppendHeaders(out, headers, framing);
}

void AppendRequestHead(std::string& out, std::string_view method, std::string_view target,
                       const Headers& headers, const Framing& framing) {
  AppendText(out, method);
  out += ' ';
  AppendText(out, target);
  out += " HTTP/1.1\r\n";
  AppendHeaders(out, headers, framing);
}

void AppendChunkSize(std::string& out, std::size_t size) {
  AppendNumber(out, size, 16);
  out += "\r\n";
}

std::string_view HttpDate::At(WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_) {
    static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                           "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{second - day};
    text_ = fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
        static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
        time.seconds().count());
    second_ = second;
  }
  return text_;
}

}  // namespace atelier::http
