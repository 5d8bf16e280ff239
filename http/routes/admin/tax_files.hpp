#pragma once

#include <string>

#include "storage/read_models/earnings.hpp"

/// The year files of whom the platform paid: who is in them and how they are written. What the laws ask for, and what
/// the platform cannot know, stands in README.md beside this file.
namespace caravan::http {

/// DAC7 is about who pays taxes in the European Union. Of whom nobody knows, they may.
bool is_for_dac7(const YearOfTraveler& traveler);

/// The beginning of a DPI message (OECD, version 1): its header, as far as the platform knows it.
std::string dac7_head(int year, Time now);
/// One ReportableSeller.
std::string dac7_seller(int year, const YearOfTraveler& traveler);
std::string dac7_tail();

/// Form 1099-K is about dollars.
bool is_for_1099k(const YearOfTraveler& traveler);

/// The names of the columns.
std::string form_1099k_head();
/// One line.
std::string form_1099k_line(const YearOfTraveler& traveler);

}  // namespace caravan::http
