#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "actors/matching/facts.hpp"

namespace caravan {

/// One line of a file of flights: somebody who travelled, and may again.
struct Flight {
  std::int64_t line = 0;  // counted from 1, the head included
  Time departure;
  std::string origin_code, origin_city;
  Coordinates origin;
  std::string destination_code, destination_city;
  Coordinates destination;
  std::uint64_t fingerprint = 0;  // hash of its text and, of lines that say the same, of their order in the file
};

/// The file cannot be read as one of flights.
struct FlightFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads a file of flights line by line, packed with gzip or not. Tab-separated text; its head names the columns, in
/// any order, others are passed over: departure (RFC 3339), origin, origin_city, origin_lat, origin_lng, destination,
/// destination_city, destination_lat, destination_lng.
class FlightFile {
 public:
  /// Throws FlightFileError where the file cannot be opened or lacks a column.
  explicit FlightFile(const std::string& path);
  ~FlightFile();

  struct Line {
    std::int64_t number = 0;
    std::optional<Flight> flight;
    std::string fault;  // where there is no flight: what is wrong with the line
  };
  /// The next line; nothing at the end. Throws FlightFileError where the file is damaged.
  std::optional<Line> next();

 private:
  struct Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace caravan
