#include <doctest/doctest.h>

#include <algorithm>
#include <future>

#include "actors/account/commands.hpp"
#include "actors/delivery/status.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/words.hpp"
#include "actors/messages/requests.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/prepared_message.hpp"
#include "http/providers/messages/quiet_hours.hpp"
#include "http/providers/messages/reader.hpp"
#include "http/providers/messages/sandbox_messages.hpp"
#include "tests/http/edge.hpp"

namespace messages_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

Time at(const char* text) { return *parse_rfc3339(text); }

SendMessage mail(std::string template_id = "offer_received") {
  SendMessage message;
  message.to = {"Ann@Example.com"};
  message.template_id = std::move(template_id);
  message.language = "en";
  message.variables = {{"firstName", "Ann"}};
  message.at = at("2027-01-15T10:00:00Z");
  return message;
}

EffectKey key(std::uint64_t number) { return {inbox_of(test_id<UserId>(1)), number}; }

ProviderReply said(SandboxMessages& provider, std::uint64_t number, SendMessage message) {
  std::promise<ProviderReply> reply;
  provider.handle(key(number), std::move(message), [&](ProviderReply given) { reply.set_value(std::move(given)); });
  return reply.get_future().get();
}
AnyRecord sent(SandboxMessages& provider, std::uint64_t number, SendMessage message) {
  return said(provider, number, std::move(message)).answer;
}

}  // namespace

TEST_CASE("templates: every template that the rules know is there in every language, and no other") {
  const MessageTemplates& templates = message_templates();
  CHECK(templates.languages() == std::vector<std::string>{"de", "en"});
  std::vector<std::string> known;
  for (const TemplateRule& rule : template_rules()) known.emplace_back(rule.id);
  std::ranges::sort(known);
  CHECK(templates.ids() == known);
  for (const std::string& id : known) {
    const auto english = templates.render(id, "en", {}), german = templates.render(id, "de", {});
    REQUIRE(english);
    REQUIRE(german);
    CHECK_MESSAGE(english->subject + english->body != german->subject + german->body, id);
  }
}

TEST_CASE("templates: a mail that its reader can do without says how to end such mails, and so do its headers") {
  SendMessage message = mail();
  message.variables["unsubscribeToken"] = "a-token";
  const std::string link = "https://caravan.example/unsubscribe?token=a-token";
  for (const char* language : {"en", "de-AT"}) {
    message.language = language;
    const auto ready = prepare(message, message_templates(), "https://caravan.example", "test");
    const auto& words = std::get<PreparedMessage>(ready);
    CHECK_MESSAGE(words.body.ends_with(link), words.body);
    CHECK(words.headers.at("List-Unsubscribe") == '<' + link + '>');
    CHECK(words.headers.at("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
  }
  const auto plain = prepare(mail(), message_templates(), "https://caravan.example", "test");
  CHECK(std::get<PreparedMessage>(plain).body.find("unsubscribe") == std::string::npos);
  CHECK(std::get<PreparedMessage>(plain).headers.empty());
}

TEST_CASE("templates: variables are filled in as they are, sections vanish with them, languages fall back") {
  const MessageTemplates templates(
      {{"en", "[hi]\nsubject = 'Hi {{name}}'\nbody = 'You & {{name}}{{#x}}: {{x}}{{/x}}.'"},
       {"de", "[hi]\nsubject = 'Hallo {{name}}'\nbody = 'Du und {{name}}.'"}});
  CHECK(templates.render("hi", "en", {{"name", "<{{x}}>"}, {"x", ""}})->body == "You & <{{x}}>.");
  CHECK(templates.render("hi", "en", {{"name", "A"}, {"x", "1"}})->body == "You & A: 1.");
  CHECK(templates.render("hi", "de-CH", {{"name", "A"}})->subject == "Hallo A");
  CHECK(templates.render("hi", "fr", {{"name", "A"}})->subject == "Hi A");
  CHECK(!templates.render("bye", "en", {}));
  CHECK(templates.render("hi", "en", {{"name", "A\r\nBcc: b@example.org"}})->subject == "Hi A Bcc: [link]");
}

TEST_CASE("templates: an address that was mailed no link to take a change back is told of none") {
  for (const char* language : {"en", "de"}) {
    const std::string body = message_templates().render("changes_undone", language, {{"email", "a@example.org"}})->body;
    for (const char* link : {"oldest link", "ältesten Link"}) CHECK_MESSAGE(body.find(link) == std::string::npos, body);
    CHECK_MESSAGE(body.find("upport") != std::string::npos, body);
  }
}

TEST_CASE("templates: what people write is one line, without links, in quotation marks that it cannot end") {
  const auto body = [](std::string_view id, std::string_view language, const std::string& text) {
    return message_templates().render(id, language, {{"text", text}, {"message", text}})->body;
  };
  const std::string text =
      "Pay at\nhttps://evil.example/pay\r\n\r\n\"or evil.example\u2028WWW.evil\u201D mia@evil.example now.";
  CHECK(body("message_received", "en", text) ==
        "The other side writes: \"Pay at [link] 'or [link] [link] [link] now.\"");
  CHECK(body("message_received", "de", "Hallo") == "Die andere Seite schreibt: „Hallo“");
  CHECK(body("offer_received", "en", "Hi\nthere").ends_with("The traveler writes: \"Hi there\""));
  for (const char* plain : {"35.00 EUR", "3.5kg, e.g. by 10 a.m.", "2027-01-15T10:00:00.000Z", "Dr. No", "192.0.2.1"})
    CHECK(body("dispute_message", "en", plain) == "Somebody in this dispute writes: \"" + std::string(plain) + '"');
  const std::map<std::string, std::string> own{{"publicUrl", "https://caravan.example"}, {"resetToken", "ab-c_d"}};
  CHECK(message_templates()
            .render("password_reset_template", "en", own)
            ->body.find("https://caravan.example/reset-password?token=ab-c_d") != std::string::npos);
}

TEST_CASE("templates: what offers, requests and trips send is in their texts") {
  const auto body = [](std::string_view id, const std::map<std::string, std::string>& variables) {
    return message_templates().render(id, "en", variables)->body;
  };
  const std::map<std::string, std::string> offer{{"requestTitle", "A camera"}, {"amount", "35.00 USD"}};
  CHECK(body("offer_received", offer).ends_with("a traveler offers to carry \"A camera\" for 35.00 USD."));
  CHECK(body("offer_countered", offer) == "Another price was proposed for \"A camera\": 35.00 USD.");
  auto shared = offer;
  shared["travelerAmount"] = "31.50 USD";
  shared["platformFee"] = "3.50 USD";
  for (const char* id : {"offer_received", "offer_countered", "offer_accepted"})
    for (const char* amount : {"35,00", "31,50", "3,50"})
      CHECK_MESSAGE(message_templates().render(id, "de", shared)->body.find(amount) != std::string::npos, id);
  CHECK(
      body("offer_accepted", shared).ends_with("Of 35.00 USD you then get 31.50 USD; 3.50 USD is the platform's fee."));
  for (const char* id : {"offer_rejected", "offer_withdrawn", "offer_expired", "request_expired", "request_cancelled"})
    CHECK_MESSAGE(body(id, offer).find("\"A camera\"") != std::string::npos, id);
  for (const char* id : {"trip_updated", "trip_cancelled"})
    CHECK_MESSAGE(body(id, {{"tripTitle", "By car"}}).find("\"By car\"") != std::string::npos, id);
  CHECK(body("security_alert", {{"ip", "192.0.2.1"}}).find("192.0.2.1") != std::string::npos);
}

TEST_CASE("templates: what rules and providers say is said in words of each language") {
  std::vector<std::string> said(platform_words.begin(), platform_words.end());
  std::ranges::sort(said);
  for (const char* language : {"en", "de"}) {
    const auto* words = message_templates().words(language);
    REQUIRE(words);
    std::vector<std::string> translated;
    for (const auto& entry : *words) {
      translated.push_back(entry.first);
      CHECK_MESSAGE(!entry.second.empty(), entry.first);
    }
    CHECK(translated == said);
  }
  const auto is_said = [&](std::string_view word) { return std::ranges::binary_search(said, word); };
  for (const std::string_view outcome : enum_labels(ScanOutcome{}))
    CHECK_MESSAGE((outcome == "accepted" || is_said(outcome)), outcome);
  for (const std::string_view resolution : enum_labels(DisputeResolution{}))
    CHECK_MESSAGE(is_said(resolution), resolution);
  for (const UserStatus status : {UserStatus::active, UserStatus::suspended, UserStatus::banned})
    CHECK(is_said(enum_labels(status)[static_cast<std::size_t>(status)]));
  for (const char* pin : {"pickup", "delivery"}) CHECK(is_said(pin));
  for (const std::string_view word : never_reasons) CHECK_MESSAGE(is_said(word), word);
  const auto body = [](std::string_view language, const std::string& reason) {
    return message_templates().render("attempt_failed", language, {{"reason", reason}, {"nextStep", "retry"}})->body;
  };
  CHECK(
      body("en", "no_show").ends_with("The reason given: \"nobody was there\". Next step: the traveler tries again."));
  CHECK(body("de-AT", "no_show").find("„niemand war da“") != std::string::npos);
  CHECK(body("de", "Klingel kaputt").find("„Klingel kaputt“") != std::string::npos);  // what people write stays
}

TEST_CASE("templates: what people wrote stays, though the platform says the same, or it looks like an amount") {
  const auto text = [](std::string_view id, const std::map<std::string, std::string>& variables) {
    const auto found = message_templates().render(id, "de", variables);
    return found->subject + "\n" + found->body;
  };
  for (const std::string written : {"return", "split", "active", "pickup", "1234.50 USD", "2027-01-15T10:00:00.000Z"}) {
    const std::string quoted = "„" + written + "“";
    CHECK_MESSAGE(text("offer_received", {{"requestTitle", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("trip_cancelled", {{"tripTitle", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("match_digest", {{"titles", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("delivered", {{"elsewhere", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("payment_held", {{"item", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("message_received", {{"text", written}}).find(quoted) != std::string::npos, written);
    CHECK_MESSAGE(text("welcome", {{"firstName", written}}).find("Hallo " + written) != std::string::npos, written);
    CHECK_MESSAGE(text("customer_present", {{"place", written}}).find(written) != std::string::npos, written);
    // A reason may be the platform's, but none of these is.
    CHECK_MESSAGE(text("delivery_cancelled", {{"reason", written}}).find(quoted) != std::string::npos, written);
  }
}

TEST_CASE("templates: what a pin is for and what an account became is said in the reader's language") {
  const auto body = [](std::string_view language, std::string_view id, const std::string& variable,
                       const std::string& value) {
    return message_templates().render(id, language, {{variable, value}, {"standing", "yes"}})->body;
  };
  for (const char* id : {"pin_proposed", "pin_agreed", "pin_withdrawn", "pin_moved"}) {
    CHECK_MESSAGE(body("de", id, "type", "pickup").find("(Abholung)") != std::string::npos, id);
    CHECK_MESSAGE(body("de", id, "type", "delivery").find("(Zustellung)") != std::string::npos, id);
  }
  CHECK(body("en", "pin_agreed", "type", "pickup").find("where the pickup of") != std::string::npos);
  CHECK(body("de", "critical_act", "value", "banned").find("auf dauerhaft gesperrt.") != std::string::npos);
  CHECK(body("de", "critical_act", "value", "suspended").find("auf vorläufig gesperrt.") != std::string::npos);
}

TEST_CASE("templates: moments and amounts are told as the reader tells them") {
  const auto body = [](std::string_view language, const std::string& zone, const std::string& at) {
    const std::map<std::string, std::string> facts{{"heldUntil", at}, {"fee", "1234.50 USD"}, {"refund", "-7.250 KWD"}};
    return message_templates().render("delivery_cancelled", language, facts, zone)->body;
  };
  const std::string at = "2026-12-06T05:55:08.258Z";
  const std::string english = body("en", "America/New_York", at), german = body("de-CH", "Europe/Berlin", at);
  CHECK_MESSAGE(english.find("on Sun, Dec 6, 2026, 00:55 (New York), unless") != std::string::npos, english);
  CHECK_MESSAGE(english.find("A fee of 1,234.50 USD") != std::string::npos, english);
  CHECK_MESSAGE(german.find("am So., 6. Dez. 2026, 06:55 (Berlin) ausgezahlt") != std::string::npos, german);
  CHECK_MESSAGE(german.find("1.234,50 USD") != std::string::npos, german);
  CHECK_MESSAGE(german.find("-7,250 KWD") != std::string::npos, german);
  CHECK(body("en", "Nowhere/Else", at).find("Dec 6, 2026, 05:55 (UTC)") != std::string::npos);
  // By the same clocks as everything else: Mexico moves no clock since 2022, and Juárez left Ojinaga's zone then.
  for (const char* zone : {"America/Mexico_City", "America/Ciudad_Juarez"}) {
    const std::string mexican = body("en", zone, "2027-07-15T18:00:00.000Z");
    CHECK_MESSAGE(mexican.find("Thu, Jul 15, 2027, 12:00 (") != std::string::npos, mexican);
  }
  CHECK(body("en", "America/Ciudad_Juarez", at).find("(Ciudad Juarez)") != std::string::npos);
  for (const char* plain : {"yesterday Z", "2026-12-06T25:55:08Z"})
    CHECK(body("en", "UTC", plain).find(plain) != std::string::npos);
  const Reader german_reader{"de", "UTC", nullptr};
  for (const char* plain : {"35.00 usd", "A5.00 USD", "5.0.0 USD", ".50 USD", "USD", " USD", "3 km"})
    CHECK(readable(plain, german_reader) == plain);
  CHECK(readable("3841 JPY", german_reader) == "3.841 JPY");
}

TEST_CASE("templates: a broken file is named") {
  using Files = std::map<std::string, std::string_view>;
  CHECK_THROWS_WITH(MessageTemplates(Files{{"en", "[hi]\nsubject = 'x'"}}), "template hi in en: no body");
  CHECK_THROWS(MessageTemplates(Files{{"en", "[hi"}}));
  CHECK_THROWS(MessageTemplates(Files{{"de", ""}}));
}

TEST_CASE("quiet hours: they pass midnight, and follow the recipient's clock") {
  const int from = 22 * 60, to = 7 * 60;
  CHECK(!quiet_until(at("2027-01-15T21:59:00Z"), "UTC", from, to));
  CHECK(quiet_until(at("2027-01-15T22:00:00Z"), "UTC", from, to) == at("2027-01-16T07:00:00Z"));
  CHECK(quiet_until(at("2027-01-15T06:59:59Z"), "UTC", from, to) == at("2027-01-15T07:00:00Z"));
  CHECK(!quiet_until(at("2027-01-15T07:00:00Z"), "UTC", from, to));
  CHECK(quiet_until(at("2027-01-15T03:30:00Z"), "America/New_York", from, to) == at("2027-01-15T12:00:00Z"));
  CHECK(!quiet_until(at("2027-01-15T02:30:00Z"), "America/New_York", from, to));
  CHECK(quiet_until(at("2027-01-15T13:00:00Z"), "UTC", 12 * 60, 14 * 60) == at("2027-01-15T14:00:00Z"));
  CHECK(!quiet_until(at("2027-01-15T13:00:00Z"), "UTC", 60, 60));
  CHECK(quiet_until(at("2027-01-15T23:00:00Z"), "No/Where", from, to) == at("2027-01-16T07:00:00Z"));
}

TEST_CASE("quiet hours: nights in which the clocks change") {
  // New York springs forward at 02:00 on 14 March 2027 and falls back at 02:00 on 7 November 2027.
  CHECK(quiet_until(at("2027-03-14T04:00:00Z"), "America/New_York", 22 * 60, 7 * 60) == at("2027-03-14T11:00:00Z"));
  CHECK(quiet_until(at("2027-11-07T04:00:00Z"), "America/New_York", 22 * 60, 7 * 60) == at("2027-11-07T12:00:00Z"));
  // 02:30 does not exist in spring, and 01:30 comes twice in autumn.
  CHECK(quiet_until(at("2027-03-14T06:00:00Z"), "America/New_York", 0, 150) == at("2027-03-14T07:00:00Z"));
  CHECK(quiet_until(at("2027-11-07T05:00:00Z"), "America/New_York", 0, 90) == at("2027-11-07T05:30:00Z"));
  // Whoever asks in the doubled hour's second pass waits for that one's end.
  CHECK(quiet_until(at("2027-11-07T06:15:00Z"), "America/New_York", 0, 90) == at("2027-11-07T06:30:00Z"));
  CHECK(quiet_until(at("2027-02-07T02:15:00Z"), "Africa/Casablanca", 22 * 60, 150) == at("2027-02-07T02:30:00Z"));
}

TEST_CASE("sandbox messages: one effect is one message, also after a restart") {
  ScratchFolder folder;
  const auto file = folder.path / "messages.sqlite";
  {
    SandboxMessages provider(file, message_templates(), "https://caravan.example");
    CHECK(sent(provider, 1, mail()).get_if<MessageSent>()->delivered);
    CHECK(sent(provider, 1, mail()).get_if<MessageSent>());
    CHECK(sent(provider, 2, mail()).get_if<MessageSent>());
  }
  SandboxMessages provider(file, message_templates(), "https://caravan.example");
  CHECK(sent(provider, 2, mail()).get_if<MessageSent>());
  const auto all = provider.newest({}, 10);
  REQUIRE(all.size() == 2);
  CHECK(all[0].message_id != all[1].message_id);
  CHECK(provider.newest("ANN@example.com", 10).size() == 2);
  CHECK(provider.newest("bob@example.com", 10).empty());
  CHECK(provider.newest({}, 1).size() == 1);
}

TEST_CASE("sandbox messages: a restored store's messages are no repeats of those that it has forgotten") {
  ScratchFolder folder;
  for (const char* store : {"one", "one", "another"}) {
    SandboxMessages provider(folder.path / "messages.sqlite", message_templates(), "https://caravan.example", store);
    CHECK(sent(provider, 1, mail()).get_if<MessageSent>());
  }
  SandboxMessages provider(folder.path / "messages.sqlite", message_templates(), "https://caravan.example", "one");
  CHECK(provider.newest({}, 10).size() == 2);
}

TEST_CASE("sandbox messages: a captured mail shows what would be sent") {
  ScratchFolder folder;
  SandboxMessages provider(folder.path / "messages.sqlite", message_templates(), "https://caravan.example");
  SendMessage message = mail("email_verification_template");
  message.variables["verificationToken"] = "abc:1";
  REQUIRE(sent(provider, 1, message).get_if<MessageSent>());
  const CapturedMessage captured = provider.newest({}, 1).at(0);
  CHECK(captured.template_id == "email_verification_template");
  CHECK(captured.channel == "email");
  CHECK(captured.subject == "Confirm your e-mail address");
  CHECK(captured.body.find("https://caravan.example/verify-email?token=abc:1") != std::string::npos);
  CHECK(captured.variables.at("verificationToken") == "abc:1");
  CHECK(captured.created_at == message.at);
}

TEST_CASE("sandbox messages: what cannot be sent is said, and quiet hours defer") {
  ScratchFolder folder;
  SandboxMessages provider(folder.path / "messages.sqlite", message_templates(), "");
  CHECK(sent(provider, 1, mail("no_such_template")).get_if<MessageFailed>()->permanent);
  SendMessage message = mail();
  message.to = {"ann@fails.example"};
  CHECK(sent(provider, 2, message).get_if<MessageFailed>()->permanent);
  message.to = {"ann@busy.example"};
  CHECK(said(provider, 3, message).failure == "try again later");
  message = mail();
  message.quiet_from = 9 * 60;
  message.quiet_to = 11 * 60;
  CHECK(sent(provider, 4, message).get_if<MessageDeferred>()->until == at("2027-01-15T11:00:00Z"));
  CHECK(provider.newest({}, 10).empty());
}

}  // namespace messages_test
