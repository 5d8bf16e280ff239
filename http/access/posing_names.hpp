#pragma once

#include <string>

namespace caravan::http {

/// Throws Problem validation_failed, naming the field, for a person's name that poses as the platform ("Caravan
/// Support", "Admin"), also in letters that look like these: people trust such a name with their codes.
void refuse_posing_name(const std::string& name, const char* field);
/// The same of both parts of a name, also where only the two together pose ("Cara Van"); the field is then lastName.
void refuse_posing_names(const std::string& first_name, const std::string& last_name);

}  // namespace caravan::http
