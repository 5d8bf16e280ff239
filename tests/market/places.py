"""Where people of the market live and go: cities, and the ways between them that somebody travels again and again."""

import dataclasses

# Name as people type it: latitude, longitude, currency, hours to UTC in winter (for when people are awake).
CITIES = {
    "New York, NY": (40.7484, -73.9857, "USD", -5), "Boston, MA": (42.3584, -71.0598, "USD", -5),
    "Hartford, CT": (41.7658, -72.6734, "USD", -5), "New Haven, CT": (41.3083, -72.9279, "USD", -5),
    "Philadelphia, PA": (39.9526, -75.1652, "USD", -5), "Washington, DC": (38.9072, -77.0369, "USD", -5),
    "Chicago, IL": (41.8781, -87.6298, "USD", -6), "Detroit, MI": (42.3314, -83.0458, "USD", -5),
    "Kalamazoo, MI": (42.2917, -85.5872, "USD", -5), "Dallas, TX": (32.7767, -96.7970, "USD", -6),
    "Houston, TX": (29.7604, -95.3698, "USD", -6), "Denver, CO": (39.7392, -104.9903, "USD", -7),
    "Los Angeles, CA": (34.0522, -118.2437, "USD", -8), "Bakersfield, CA": (35.3733, -119.0187, "USD", -8),
    "San Francisco, CA": (37.7749, -122.4194, "USD", -8), "Las Vegas, NV": (36.1699, -115.1398, "USD", -8),
    "Berlin, Germany": (52.5200, 13.4050, "EUR", 1), "Leipzig, Germany": (51.3397, 12.3731, "EUR", 1),
    "Nuremberg, Germany": (49.4521, 11.0767, "EUR", 1), "Munich, Germany": (48.1351, 11.5820, "EUR", 1),
    "Hamburg, Germany": (53.5511, 9.9937, "EUR", 1), "Paris, France": (48.8566, 2.3522, "EUR", 1),
    "Lyon, France": (45.7640, 4.8357, "EUR", 1), "Brussels, Belgium": (50.8503, 4.3517, "EUR", 1),
    "Madrid, Spain": (40.4168, -3.7038, "EUR", 1), "Barcelona, Spain": (41.3874, 2.1686, "EUR", 1),
    "Zaragoza, Spain": (41.6488, -0.8891, "EUR", 1), "Rome, Italy": (41.9028, 12.4964, "EUR", 1),
    "Milan, Italy": (45.4642, 9.1900, "EUR", 1), "Florence, Italy": (43.7696, 11.2558, "EUR", 1),
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
    lat, lng, _, _ = CITIES[city]
    return {"address": city, "lat": round(lat + rng.uniform(-0.015, 0.015), 5),
            "lng": round(lng + rng.uniform(-0.02, 0.02), 5)}
