#include "config/import/flight_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "actors/values/stable_hash.hpp"
#include "http/json/text_rule.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_line = 4'096;  // bytes
constexpr std::size_t most_city = 120;    // code points
enum Column : std::size_t {
  departure,
  origin,
  origin_city,
  origin_lat,
  origin_lng,
  destination,
  destination_city,
  destination_lat,
  destination_lng,
  columns
};
constexpr std::array<std::string_view, columns> column_names{"departure",        "origin",          "origin_city",
                                                             "origin_lat",       "origin_lng",      "destination",
                                                             "destination_city", "destination_lat", "destination_lng"};

/// What is wrong with a line.
struct Fault {
  std::string text;
};

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    cells.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return cells;
}

std::string text_cell(std::string_view cell, Column column) {
  if (cell.empty()) throw Fault{std::string(column_names[column]) + " is empty"};
  if (!unicode::is_utf8(cell)) throw Fault{std::string(column_names[column]) + " is no text in UTF-8"};
  if (unicode::length(cell) > most_city) throw Fault{std::string(column_names[column]) + " is too long"};
  if (const auto why = http::refusal_of(cell, http::TextKind::line))
    throw Fault{std::string(column_names[column]) + ' ' + *why};
  if (!http::shows_something(cell)) throw Fault{std::string(column_names[column]) + " is blank"};
  return std::string(cell);
}

double degrees_cell(std::string_view cell, Column column, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || !(value >= -most && value <= most))
    throw Fault{std::string(column_names[column]) + " is no number of degrees: " + std::string(unicode::cut(cell, 40))};
  return value;
}

}  // namespace

struct FlightFile::Reader {
  gzFile file = nullptr;
  std::int64_t line = 0;
  std::array<std::size_t, columns> place{};     // of each column in a line
  std::size_t width = 0;                        // columns of a line
  std::map<std::uint64_t, std::uint64_t> seen;  // fingerprint → how often
  std::array<char, most_line + 2> buffer{};

  ~Reader() {
    if (file) gzclose(file);
  }

  /// The next line without its end; nothing at the end of the file. A line that is too long comes as an empty one.
  std::optional<std::string_view> read() {
    if (!gzgets(file, buffer.data(), static_cast<int>(buffer.size()))) {
      int code = Z_OK;
      const char* text = gzerror(file, &code);
      if (code != Z_OK && code != Z_STREAM_END)
        throw FlightFileError("damaged after line " + std::to_string(line) + ": " + text);
      return std::nullopt;
    }
    ++line;
    std::string_view read(buffer.data());
    if (!read.ends_with('\n') && !gzeof(file)) {
      int c = 0;
      while ((c = gzgetc(file)) != -1 && c != '\n') {
      }
      return "";
    }
    while (read.ends_with('\n') || read.ends_with('\r')) read.remove_suffix(1);
    return read;
  }

  void read_head(const std::string& path) {
    const auto head = read();
    const std::vector<std::string_view> names = split(head.value_or(""));
    width = names.size();
    for (std::size_t column = 0; column < columns; ++column) {
      const auto found = std::find(names.begin(), names.end(), column_names[column]);
      if (found == names.end())
        throw FlightFileError(path + " is no file of flights: its first line names no column '" +
                              std::string(column_names[column]) + "'");
      place[column] = static_cast<std::size_t>(found - names.begin());
    }
  }

  Flight parse(std::string_view text) {
    const std::vector<std::string_view> cells = split(text);
    if (cells.size() != width)
      throw Fault{std::to_string(cells.size()) + " columns in place of " + std::to_string(width)};
    const auto cell = [&](Column column) { return cells[place[column]]; };
    Flight flight;
    flight.line = line;
    const auto departs = parse_rfc3339(cell(departure));
    if (!departs) throw Fault{"departure is no time in RFC 3339: " + std::string(unicode::cut(cell(departure), 40))};
    flight.departure = *departs;
    flight.origin_code = text_cell(cell(origin), origin);
    flight.origin_city = text_cell(cell(origin_city), origin_city);
    flight.origin = {degrees_cell(cell(origin_lat), origin_lat, 90), degrees_cell(cell(origin_lng), origin_lng, 180)};
    flight.destination_code = text_cell(cell(destination), destination);
    flight.destination_city = text_cell(cell(destination_city), destination_city);
    flight.destination = {degrees_cell(cell(destination_lat), destination_lat, 90),
                          degrees_cell(cell(destination_lng), destination_lng, 180)};
    if (flight.origin == flight.destination) throw Fault{"goes nowhere: origin and destination are one"};
    std::uint64_t hash = stable_hash("caravan flight");
    for (std::size_t column = 0; column < columns; ++column)
      hash = stable_hash("\t", stable_hash(cells[place[column]], hash));
    flight.fingerprint = hash + seen[hash]++;
    return flight;
  }
};

FlightFile::FlightFile(const std::string& path) : reader_(std::make_unique<Reader>()) {
  reader_->file = gzopen(path.c_str(), "rb");
  if (!reader_->file) throw FlightFileError(path + " cannot be opened");
  reader_->read_head(path);
}

FlightFile::~FlightFile() = default;

std::optional<FlightFile::Line> FlightFile::next() {
  const auto text = reader_->read();
  if (!text) return std::nullopt;
  Line line{reader_->line, {}, {}};
  try {
    if (text->empty()) throw Fault{"empty, or longer than " + std::to_string(most_line) + " bytes"};
    line.flight = reader_->parse(*text);
  } catch (const Fault& fault) {
    line.fault = fault.text;
  }
  return line;
}

}  // namespace caravan
