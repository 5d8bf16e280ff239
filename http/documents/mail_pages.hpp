#pragma once

#include "http/response.hpp"

/// The pages that links in mails lead to. Opening one changes nothing (a mail scanner opens links too): the person's
/// click posts the token of the link to the API.
namespace caravan::http {

Response verify_email_page();
Response confirm_email_page();
Response not_me_page();
Response undo_page();
Response keep_two_factor_page();
Response reset_password_page();
Response unsubscribe_page();
/// Where a mail speaks of a delivery or the like. Apps take these links over; whoever has none reads how to go on.
Response open_page();

}  // namespace caravan::http
