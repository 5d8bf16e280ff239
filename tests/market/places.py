"""Where people of the market live and go: cities, and the ways between them that somebody travels again and again."""

import dataclasses

# Name as people type it: latitude, longitude, currency.
CITIES = {
    "New York, NY": (40.7484, -73.9857, "USD"), "Boston, MA": (42.3584, -71.0598, "USD"),
    "Hartford, CT": (41.7658, -72.6734, "USD"), "New Haven, CT": (41.3083, -72.9279, "USD"),
    "Philadelphia, PA": (39.9526, -75.1652, "USD"), "Washington, DC": (38.9072, -77.0369, "USD"),
    "Chicago, IL": (41.8781, -87.6298, "USD"), "Detroit, MI": (42.3314, -83.0458, "USD"),
    "Kalamazoo, MI": (42.2917, -85.5872, "USD"), "Dallas, TX": (32.7767, -96.7970, "USD"),
    "Houston, TX": (29.7604, -95.3698, "USD"), "Denver, CO": (39.7392, -104.9903, "USD"),
    "Los Angeles, CA": (34.0522, -118.2437, "USD"), "Bakersfield, CA": (35.3733, -119.0187, "USD"),
    "San Francisco, CA": (37.7749, -122.4194, "USD"), "Las Vegas, NV": (36.1699, -115.1398, "USD"),
    "Berlin, Germany": (52.5200, 13.4050, "EUR"), "Leipzig, Germany": (51.3397, 12.3731, "EUR"),
    "Nuremberg, Germany": (49.4521, 11.0767, "EUR"), "Munich, Germany": (48.1351, 11.5820, "EUR"),
    "Hamburg, Germany": (53.5511, 9.9937, "EUR"), "Paris, France": (48.8566, 2.3522, "EUR"),
    "Lyon, France": (45.7640, 4.8357, "EUR"), "Brussels, Belgium": (50.8503, 4.3517, "EUR"),
    "Madrid, Spain": (40.4168, -3.7038, "EUR"), "Barcelona, Spain": (41.3874, 2.1686, "EUR"),
    "Zaragoza, Spain": (41.6488, -0.8891, "EUR"), "Rome, Italy": (41.9028, 12.4964, "EUR"),
    "Milan, Italy": (45.4642, 9.1900, "EUR"), "Florence, Italy": (43.7696, 11.2558, "EUR"),
}


@dataclasses.dataclass(frozen=True)
class Lane:
    origin: str
    destination: str
    mode: str
    via: tuple = ()  # cities on the way, where parcels are laid as well

    def pairs(self):
        """All pairs of cities that somebody who goes this way could serve."""
        stops = (self.origin, *self.via, self.destination)
        return [(stops[i], stops[j]) for i in range(len(stops)) for j in range(i + 1, len(stops))]

    def back(self):
        return Lane(self.destination, self.origin, self.mode, tuple(reversed(self.via)))


LANES = [
    Lane("New York, NY", "Boston, MA", "car", ("New Haven, CT", "Hartford, CT")),
    Lane("New York, NY", "Washington, DC", "car", ("Philadelphia, PA",)),
    Lane("Chicago, IL", "Detroit, MI", "car", ("Kalamazoo, MI",)),
    Lane("Dallas, TX", "Houston, TX", "car"),
    Lane("Los Angeles, CA", "San Francisco, CA", "car", ("Bakersfield, CA",)),
    Lane("Los Angeles, CA", "Las Vegas, NV", "car"),
    Lane("Berlin, Germany", "Munich, Germany", "car", ("Leipzig, Germany", "Nuremberg, Germany")),
    Lane("Hamburg, Germany", "Berlin, Germany", "train"),
    Lane("Paris, France", "Lyon, France", "train"),
    Lane("Paris, France", "Brussels, Belgium", "car"),
    Lane("Madrid, Spain", "Barcelona, Spain", "car", ("Zaragoza, Spain",)),
    Lane("Rome, Italy", "Milan, Italy", "car", ("Florence, Italy",)),
    Lane("New York, NY", "Los Angeles, CA", "plane"), Lane("Chicago, IL", "New York, NY", "plane"),
    Lane("Denver, CO", "Dallas, TX", "plane"), Lane("Paris, France", "Rome, Italy", "plane"),
    Lane("Berlin, Germany", "Madrid, Spain", "plane"),
]


def spot(city, rng):
    """A door within two kilometres of the city's middle, as a request names it."""
    lat, lng, _ = CITIES[city]
    return {"address": city, "lat": round(lat + rng.uniform(-0.015, 0.015), 5),
            "lng": round(lng + rng.uniform(-0.02, 0.02), 5)}
