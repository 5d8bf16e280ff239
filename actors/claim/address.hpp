#pragma once

#include <string_view>

#include "actors/entity/address.hpp"
#include "actors/values/crypto.hpp"

namespace caravan {

/// The claim actor of a text, for example "email:…" (in lower case), "phone:…", "paper:…", or "escrow-of:…" a delivery.
/// The id is a part of the text's SHA-256, so that nobody can make a second text that meets another's claim. Claims of
/// Idempotency-Keys are named otherwise: key_claim_address in http/idempotency.hpp.
Address claim_address(const Crypto& crypto, std::string_view text);

/// The sequence actor of a name, e.g. "delivery-number".
Address sequence_address(const Crypto& crypto, std::string_view name);

/// The claim of an e-mail address in any letter case.
Address email_claim_address(const Crypto& crypto, std::string_view email);

/// The claim of a telephone number that somebody has proven to be theirs.
Address phone_claim_address(const Crypto& crypto, std::string_view phone);

/// The claim of an identity paper, by its number alone, however that is spaced or spelt.
Address paper_claim_address(const Crypto& crypto, std::string_view number);
/// The claim of a build that told the same number of two kinds of paper ("passport") apart.
Address former_paper_claim_address(const Crypto& crypto, std::string_view kind, std::string_view number);

/// The number's letters and digits, in capitals; empty where there is none.
std::string plain_paper_number(std::string_view number);

/// ASCII letters in lower case: how e-mail addresses are compared.
std::string lower_case(std::string_view text);

}  // namespace caravan
