#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "http/json/write.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/reader.hpp"
#include "http/routes/system/policy.hpp"

/// GET /policy: its numbers are those of the rules, and its texts say each of them.
namespace policy_test {

using namespace caravan;
using namespace std::chrono_literals;

namespace {

nlohmann::json terms() {
  return nlohmann::json::parse(http::to_json(AnyRecord(http::policy_terms(policy, DealTerms{1'250, 172'800}))));
}

}  // namespace

TEST_CASE("policy: every number that decides is said in every language") {
  const auto all = terms();
  int numbers = 0;
  for (const auto& part : all.items()) {
    const auto& section = part.key();
    if (section == "version" || section == "texts" || section == "prohibited" || section == "covered") continue;
    for (const auto& [name, number] : part.value().items()) {
      const std::string variable = section + '_' + name;
      for (const char* language : {"en", "de"}) {
        const auto text = message_templates().policy(section, language, {{variable, "<this>"}});
        REQUIRE_MESSAGE(text, section);
        CHECK_MESSAGE(text->find("<this>") != std::string::npos, variable, " in ", language);
      }
      ++numbers;
    }
  }
  CHECK(numbers >= 30);
  for (const char* language : {"en", "de"})
    for (const auto& text : all["texts"][language].items())
      for (const char* left_over : {"{{", "  ", " ."})
        CHECK_MESSAGE(text.value().get<std::string>().find(left_over) == std::string::npos, text.key());
}

TEST_CASE("policy: the numbers are those of the rules, in words of each language") {
  const auto all = terms();
  CHECK(all["version"] == policy.version);
  CHECK(all["cancellation"]["lateFeePercent"] == policy.cancellation.late_fee_percent);
  CHECK(all["fees"]["platformFeeBasisPoints"] == 1'250);
  const auto said = [&](const char* language, const char* section, const char* words) {
    const std::string text = all["texts"][language][section];
    CHECK_MESSAGE(text.find(words) != std::string::npos, text);
  };
  said("en", "fees", "less 12.5\u00A0%");
  said("en", "fees", "48 hours after");
  said("en", "waiting", "for 15 minutes, with no gap of more than 5 minutes");
  said("en", "disputes", "14 days after");
  said("de", "waiting", "15 Minuten lang");
  said("de", "reviews", "Bis 14 Tage nach");
  said("de", "codes", "100\u00A0m");
}

TEST_CASE("policy: an older version is said in its own numbers") {
  Policy other = policy;
  other.version = policy.version + 1;
  other.cancellation.late_fee_percent = 35;
  const auto shown =
      nlohmann::json::parse(http::to_json(AnyRecord(http::policy_terms(other, DealTerms{1'000, 172'800}))));
  CHECK(shown["version"] == other.version);
  CHECK(shown["cancellation"]["lateFeePercent"] == 35);
  CHECK(shown["texts"]["en"]["cancellation"].get<std::string>().find("35\u00A0%") != std::string::npos);
  CHECK(shown["texts"]["de"]["cancellation"].get<std::string>().find("35\u00A0%") != std::string::npos);
}

TEST_CASE("policy: a length of time is told in the largest unit that says it exactly") {
  CHECK(readable(90s, "en") == "90 seconds");
  CHECK(readable(60s, "en") == "1 minute");
  CHECK(readable(2h, "de") == "2 Stunden");
  CHECK(readable(90min, "de") == "90 Minuten");
  CHECK(readable(24h, "en") == "24 hours");
  CHECK(readable(7 * 24h, "de") == "7 Tage");
}

}  // namespace policy_test
