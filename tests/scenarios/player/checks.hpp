#pragma once

#include <string>

#include "tests/process/client.hpp"
#include "tests/scenarios/player/script.hpp"

/// Looks into answers. Texts of values are JSON.
namespace caravan::scenario {

/// What `check` finds wrong with the answer, or empty. `value` is the check's value with its variables filled in.
std::string fault_of(const Check& check, const std::string& value, const testing::HttpAnswer& answer);

/// The value at a path ("items[0].offerId", "items[type=pickup].qrCodeId", "header etag", "picture") as plain text: a
/// text without its quotes, everything else as JSON. Throws std::runtime_error where there is none.
std::string text_at(const std::string& path, const testing::HttpAnswer& answer);

/// The text of the QR code in a PNG picture. Throws std::runtime_error where none can be read.
std::string read_qr_picture(const std::string& png);

/// A PNG picture of 8 by 8 grey points.
std::string small_picture();

/// `text` as it stands inside a JSON text, without the quotes around it.
std::string json_escaped(const std::string& text);

}  // namespace caravan::scenario
