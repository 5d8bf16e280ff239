#include <doctest/doctest.h>

#include "http/access/posing_names.hpp"
#include "http/problem/problem.hpp"

namespace posing_names_test {

using namespace caravan::http;

TEST_CASE("posing names: nobody is called as the platform or its staff, in whatever letters") {
  for (const char* name :
       {"Caravan", "Caravan Support", "caravans", "CARAVAN", "C\u0430ravan", "\u0421\u0430r\u0430v\u0430n",
        "Carav\u00e1n", "\uff23aravan", "Cara\u200bvan", "Support Team", "SUPP0RT", "Admin \u2705 verified", "Adm1n",
        "\u0410dmin", "admins", "the Administrator", "Moderator", "\U0001d400dmin"}) {
    try {
      refuse_posing_name(name, "lastName");
      FAIL_CHECK(name);
    } catch (const Problem& problem) {
      CHECK(problem.code == "validation_failed");
      REQUIRE(problem.errors.size() == 1);
      CHECK(problem.errors[0].field == "lastName");
      CHECK(problem.errors[0].code == "reserved_name");
    }
  }
}

TEST_CASE("posing names: people's own names are theirs") {
  for (const char* name :
       {"Cara van Buren", "Adminata", "Caraballo", "O'Brien", "Jos\u00e9", "\u041a\u0430\u0440\u0435\u043d",
        "\u674e\u660e", "Li", "", "Van der Berg", "Modesto", "Adm", "\xff\xfe"})
    CHECK_NOTHROW(refuse_posing_name(name, "firstName"));
}

TEST_CASE("posing names: nor in pieces, over first and last name") {
  CHECK_THROWS_AS(refuse_posing_names("CARA", "VAN"), Problem);
  CHECK_THROWS_AS(refuse_posing_names("Ca ra", "Van"), Problem);
  CHECK_THROWS_AS(refuse_posing_names("Sup", "port"), Problem);
  CHECK_THROWS_AS(refuse_posing_names("Ana", "A d m i n"), Problem);
  CHECK_NOTHROW(refuse_posing_names("Cara", "Vandyke"));
  CHECK_NOTHROW(refuse_posing_names("Ada", "Minsky"));
}

}  // namespace posing_names_test
