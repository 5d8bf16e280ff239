#include "http/providers/places/address_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "http/providers/places/folding.hpp"

namespace caravan {

namespace {

using Words = std::unordered_set<std::string>;

Words folded_words(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) words.insert(fold_name(word));
  }
  return words;
}

/// Before the street's name.
constexpr std::string_view leading =
    "rue avenue av ave avda avenida boulevard blvd bd bvd bul place pl quai impasse allee allée chemin route calle "
    "carrer cra carrera cl plaza plaça paseo passeig camino via viale piazza piazzale corso largo vicolo strada str "
    "rua praça travessa alameda estrada rodovia ulica ul ulice plac pl aleja al aleje rynek nám náměstí námestie tr "
    "trg jalan jl jln lorong soi thanon duong đường pho phố rruga bulevardul bd calea piața улица ул проспект пр пр-т "
    "переулок пер площадь пл шоссе ш бульвар бул набережная наб вул вулиця просп οδος λεωφ شارع طريق ميدان רחוב שדרות";
/// Behind it, or anywhere.
constexpr std::string_view trailing =
    "street st road rd lane ln drive dr court ct circle cir terrace ter close crescent cres way square sq highway hwy "
    "parkway pkwy alley row mews parade walk grove broadway turnpike pike trail loop plaza suite ste apt apartment "
    "unit "
    "floor building bldg tower house strasse straße str gasse weg platz allee ufer ring damm chaussee straat laan "
    "plein "
    "gracht kade dreef gata gatan vägen väg torg gate gata vei veien plass vej vejen gade plads allé katu tie kuja "
    "sokak sokağı sk caddesi cad cd mahallesi mah mh bulvarı blv utca út útja tér tere körút köz krt marg nagar salai "
    "chowk bazaar sector phase block colony cross main chome chōme dori dōri";
constexpr std::string_view small =
    "de la le les du des del della delle dei degli di da do dos das d l el al los las van von der den dem het the of i "
    "e y et und and im in am auf";
constexpr std::string_view continents = "europe europa asia asie asien africa afrique afrika america oceania";
constexpr std::string_view local =
    "hbf hauptbahnhof bahnhof bhf bf station stn gare centraal central centrale centralna centrum center centre "
    "zentrum centro city downtown midtown uptown cbd innenstadt altstadt stadt town old nord süd ost west north south "
    "east port harbour harbor hafen stazione termini estacion estación estação dworzec nádraží pályaudvar вокзал "
    "центр metro area cedex mall hotel university campus 駅 站 역";
constexpr std::string_view airport =
    "airport airports intl flughafen aeroport aéroport aeroporto aeropuerto airfield aerodrome lufthavn flygplats "
    "flyplass lentoasema letiště letisko lotnisko repülőtér aerodrom aeroportul летище аэропорт аеропорт havalimanı "
    "havaalanı αεροδρόμιο مطار נמל-התעופה luchthaven vliegveld flugvöllur bandara 空港 机场 機場 공항 terminal";
constexpr std::string_view kinds_of_airport =
    "international internacional internationale internazionale intl domestic regional municipal field";
constexpr std::array<std::string_view, 14> street_endings{"strasse", "gasse", "weg",   "platz", "allee",
                                                          "straat",  "laan",  "plein", "gatan", "gata",
                                                          "gade",    "vej",   "katu",  "vagen"};

bool ends_like_street(std::string_view word) {
  return std::any_of(street_endings.begin(), street_endings.end(), [&](std::string_view ending) {
    return word.size() > ending.size() + 2 && word.ends_with(ending);
  });
}

}  // namespace

bool leads_street(std::string_view folded) {
  static const Words words = folded_words(leading);
  return words.contains(std::string(folded));
}

bool follows_street_name(std::string_view folded) {
  static const Words words = folded_words(trailing);
  return words.contains(std::string(folded));
}

bool is_street_word(std::string_view folded) {
  return follows_street_name(folded) || leads_street(folded) || ends_like_street(folded);
}

bool is_continent(std::string_view folded) {
  static const Words words = folded_words(continents);
  return words.contains(std::string(folded));
}

bool is_small_word(std::string_view folded) {
  static const Words words = folded_words(small);
  return words.contains(std::string(folded));
}

bool is_local_word(std::string_view folded) {
  static const Words words = folded_words(local);
  return words.contains(std::string(folded));
}

bool is_airport_word(std::string_view folded) {
  static const Words words = folded_words(airport);
  return words.contains(std::string(folded));
}

bool is_kind_of_airport(std::string_view folded) {
  static const Words words = folded_words(kinds_of_airport);
  return words.contains(std::string(folded));
}

}  // namespace caravan
