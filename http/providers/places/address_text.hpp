#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caravan {

/// A word of an address.
struct AddressWord {
  std::string folded;
  bool has_digit = false;
  bool is_short_code = false;  // two or three capitals as typed: "NY", "RM"
};

/// What stands between two commas.
using AddressPart = std::vector<AddressWord>;

/// A word or two that look like a postal code, of any of these countries.
struct PostalGuess {
  std::string code;                  // in capitals, without spaces and dashes; as the country's list has it
  std::string_view countries;        // ISO 3166 alpha-2, one behind the other: "US DE FR"
  bool may_be_house_number = false;  // it leads the first of several parts
};

/// An address, taken apart by its form alone.
struct AddressText {
  std::vector<AddressPart> parts;  // without postal codes, airports' codes and words for airports
  std::vector<PostalGuess> postal_codes;
  std::string airport_code;    // three capitals in brackets, or the whole text where it has three letters
  bool is_code_alone = false;  // nothing else was typed
  bool is_code_typed_large = false;
  bool says_airport = false;  // it has a word for airport
};

AddressText take_apart(std::string_view address);

/// Joins words first up to last with spaces.
std::string joined(const AddressPart& part, std::size_t first, std::size_t last);

}  // namespace caravan
