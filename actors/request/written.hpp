#pragma once

#include <string>
#include <vector>

#include "actors/request/resources.hpp"

/// What a customer writes of a parcel, which everybody reads before there is a deal.
namespace caravan {

/// As others than the customer read it before a deal: how to reach the customer elsewhere is masked.
Item as_others_read(Item item);
std::optional<Declaration> as_others_read(std::optional<Declaration> declaration);

/// "payment", "contact": see talk_flags.
std::vector<std::string> written_flags(const std::string& title, const Item& item);

/// To the customer, of each text that has such a flag.
std::vector<RequestWarning> talk_warnings(const std::string& title, const Item& item);

}  // namespace caravan
