"""German names of places, regions and countries, of Unicode CLDR and GeoNames: pairs of a name in English and in German."""
import re

from folding import fold

GERMAN = "DE AT CH LI LU BE IT NL".split()  # speak German, or are named in German down to small towns
TRANSCRIBED = "RU UA BY BG KZ KG GE AM GR".split()  # German spells their names otherwise than English
LARGE = 300_000  # inhabitants from which on GeoNames' German names of other countries are those of today
HISTORIC = {("RU", "23")}  # East Prussia: GeoNames has the names of long ago
ENGLISH = "US GB CA AU NZ IE IN PK BD LK NP PH MM CN".split()  # GeoNames' German names of theirs are other English ones
REGIONS = "DE AT CH LI LU BE NL IT FR ES PT DK GB PL CZ UA RU TR AU US ZA".split()  # whose regions have German names
NO_NAME = re.compile(r"[/(),\d]|(?<!St)\.|\b[A-Z]{2}$|\b(City|Township|Distrikt|Municipio|Kommune|Communaut|"
                     r"Arrondissement|Provinz|Stadt [A-Z]|Freie und|bei Venedig)")
ODD_REGIONS = {"ES.54", "ES.55", "ES.57"}  # Südkastilien, Nordkastilien, Estremadura: nobody says so
SHORT = ("HK", "MO", "PS")  # countries whose short name is the usual one


def tidy(name):
    return name.replace("\u00ad", "").strip()


def is_worn(name, place):
    """Whether GeoNames' German name is one that people of today know a place by."""
    if NO_NAME.search(name) or place.country in ENGLISH or (place.country, place.admin1) in HISTORIC:
        return False
    if name == place.local_name or place.country in ("DE", "AT", "CH"):
        return True  # Göteborg, Zürich
    if fold(name) == fold(place.name):
        return False  # the same, with accents
    return place.country in GERMAN + TRANSCRIBED or place.population >= LARGE


def of_time_zones(sources, places):
    """id -> German name of the cities that CLDR names time zones by."""
    largest = {}
    for place in places.values():
        key = place.country, fold(place.name)
        if key not in largest or place.population > largest[key].population:
            largest[key] = place
    german = {}
    for country, english, name in sources.zone_cities():
        place = largest.get((country, fold(english)))
        if place and (fold(name) != fold(english) or name == place.local_name):
            german[place.id] = tidy(name)
        elif place:
            german[place.id] = place.name
    return german


def without_larger_namesakes(names, places):
    """A name that means a larger place of the country to whoever looks it up, is left out: Toljatti was Stawropol."""
    bearers = {}
    for place in places.values():
        for folded in {fold(place.name), *place.names}:
            bearers.setdefault((place.country, folded), []).append(place)
    return {key: name for key, name in names.items()
            if not any(other.population > places[key].population and fold(other.name) != fold(places[key].name)
                       for other in bearers.get((places[key].country, fold(name)), []))}


def german_names(sources, places, by_hand):
    """id -> name, of places that German calls otherwise than English."""
    names = {}
    for key, name in dict(sources.translations())["de"].items():
        if key in places and is_worn(tidy(name), places[key]):
            names[key] = tidy(name)
    names.update(of_time_zones(sources, places))
    for key, name in by_hand.items():
        names[key] = name or places[key].name
    return without_larger_namesakes({key: name for key, name in names.items() if name != places[key].name}, places)


def german_regions(sources, region_lines):
    """"CC.admin1" -> name."""
    shown = {f"{line[0]}.{line[1]}": line[4] for line in region_lines}
    return {key: tidy(name) for key, name in dict(sources.translations())["de"].items()
            if key[:2] in REGIONS and key in shown and key not in ODD_REGIONS and not NO_NAME.search(name) and tidy(name) != shown[key]}


def german_countries(sources, codes):
    """code -> name; empty where there is none."""
    names = sources.territories("de")
    return {code: names.get(f"{code}-alt-short" if code in SHORT else code, "") for code in codes}
