#!/usr/bin/env python3
"""Makes land.txt.gz and graph.tsv.gz of this folder: where land is, and how its parts are joined.

usage: build.py FOLDER     (where the package world-atlas of npm is fetched to, and found the next time)

The same input gives the same bytes. The land of Natural Earth becomes cells of a tenth of a degree, each with its
landmass and country. Landmasses are what one can drive about without a ferry; crossings.tsv joins them, and small islands near
another landmass have a boat of their own. The graph has a node for each part of a landmass in each square of two degrees and
one for each end of a crossing.
"""
import collections
import gzip
import heapq
import json
import math
import pathlib
import subprocess
import sys
from array import array

HERE = pathlib.Path(__file__).parent
PACKAGE, VERSION = "world-atlas", "2.0.2"  # Natural Earth 1:10m, public domain, as TopoJSON (ISC)
ROWS, COLUMNS, CELL = 1800, 3600, 0.1
FIRST_ROW = 300         # 60° south; there are no ways beyond
BLOCK = 20              # cells of a side
LARGE = 5_000           # km²: two landmasses of this size are only joined by hand
BOAT_KM = 60            # how far a small island's own boat goes
LINE_STEP_KM, LINE_GAP, LINE_SEA = 10, 2, 0.08  # as in http/providers/places/land.cpp
AMERICA_SOUTH = {170, 862, 328, 740, 250, 76, 218, 604, 68, 152, 32, 600, 858}
AFRICA = {12, 24, 204, 72, 854, 108, 132, 120, 140, 148, 178, 180, 384, 262, 818, 226, 232, 231, 266, 270, 288, 324, 624,
          404, 426, 430, 434, 454, 466, 478, 504, 508, 516, 562, 566, 646, 732, 686, 694, 706, 710, 728, 729, 748, 834, 768, 788,
          800, 894, 716}


def fetch(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "package").exists():
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True)
        subprocess.run(["tar", "xzf", f"{PACKAGE}-{VERSION}.tgz"], cwd=folder, check=True)
    return folder / "package"


def rows_of(name):
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


class Topology:
    def __init__(self, path):
        data = json.loads(path.read_text())
        (sx, sy), (tx, ty) = data["transform"]["scale"], data["transform"]["translate"]
        self.objects, self.arcs = data["objects"], []
        for arc in data["arcs"]:
            x = y = 0
            points = []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                points.append((x * sx + tx, y * sy + ty))
            self.arcs.append(points)

    def polygons(self, geometry):
        shapes = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for shape in shapes:
            yield [self.ring(ring) for ring in shape]

    def ring(self, indices):
        points = []
        for i in indices:
            points += (self.arcs[i] if i >= 0 else self.arcs[~i][::-1])[1 if points else 0:]
        return points


def unwound(ring):
    """The ring with longitudes that go on beyond 180° where it does."""
    points = ring[:1]
    for x, y in ring[1:]:
        points.append((x + 360 * round((points[-1][0] - x) / 360), y))
    return points


def fill(grid, rings, value):
    """Sets the cells whose middle lies in the rings, by the even-odd rule; the number of them."""
    crossings = collections.defaultdict(list)
    for ring in map(unwound, rings):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1]):
            if y1 > y2:
                x1, y1, x2, y2 = x2, y2, x1, y1
            for row in range(math.ceil((y1 + 90) / CELL - 0.5), math.ceil((y2 + 90) / CELL - 0.5)):
                middle = (row + 0.5) * CELL - 90
                crossings[row].append(x1 + (middle - y1) / (y2 - y1) * (x2 - x1))
    count = 0
    for row, xs in crossings.items():
        if not FIRST_ROW <= row < ROWS:
            continue
        xs.sort()
        for west, east in zip(xs[::2], xs[1::2]):
            first, end = (math.ceil((x + 180) / CELL - 0.5) for x in (west, east))
            for column in range(first, end):
                grid[row][column % COLUMNS] = value
            count += end - first
    return count


def empty():
    return [array("H", bytes(2 * COLUMNS)) for _ in range(ROWS)]


def middle(cell):
    return ((cell[0] + 0.5) * CELL - 90, (cell[1] + 0.5) * CELL - 180)


def cell_at(lat, lng):
    return (min(ROWS - 1, int((lat + 90) / CELL)), int((lng + 180) / CELL) % COLUMNS)


def vector(point):
    lat, lng = math.radians(point[0]), math.radians(point[1])
    return (math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat))


def km(a, b):
    u, v = vector(a), vector(b)
    return 6371 * 2 * math.asin(min(1, math.dist(u, v) / 2))


def neighbours(cell):
    row, column = cell
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down or right) and 0 <= row + down < ROWS:
                yield (row + down, (column + right) % COLUMNS)


class Land:
    def __init__(self, package):
        self.mass, self.country = empty(), empty()
        self.draw_land(Topology(package / "land-10m.json"))
        countries = Topology(package / "countries-10m.json")
        for geometry in countries.objects["countries"]["geometries"]:
            if geometry.get("type"):
                for rings in countries.polygons(geometry):
                    fill(self.country, rings, int(geometry.get("id") or 0))
        for name, *corners in rows_of("lakes.tsv"):
            points = [tuple(map(float, c.split(","))) for c in corners]
            fill(self.mass, [[(lng, lat) for lat, lng in points]], 0)
        self.number_masses()

    def draw_land(self, topology):
        number = 0
        for geometry in topology.objects["land"]["geometries"]:
            for rings in topology.polygons(geometry):
                number += 1
                if fill(self.mass, rings, number) == 0 and len(rings[0]) > 3:
                    xs, ys = [p[0] for p in rings[0]], [p[1] for p in rings[0]]
                    height = (max(ys) - min(ys)) * 111
                    width = (max(xs) - min(xs)) * 111 * math.cos(math.radians(ys[0]))
                    row, column = cell_at((min(ys) + max(ys)) / 2, (min(xs) + max(xs)) / 2)
                    if height * width > 15 and row >= FIRST_ROW and not self.mass[row][column]:
                        self.mass[row][column] = number

    def cut(self, cell):
        """What parts a landmass where no road goes through: the Darién, a closed border; and Suez, which is bridged."""
        country, (lat, lng) = self.country[cell[0]][cell[1]], middle(cell)
        if country in (408, 410):
            return f"Korea {country}"
        if country in AMERICA_SOUTH and lng < -30 and lat < 13:
            return "South America"
        if country == 818 and lng > 32.35 and lat > 27.6 and lng > 32.5 + (29.9 - lat) * 0.62:
            return ""  # the Sinai
        if country in AFRICA or (country == 724 and lat < 35.8) or (country == 0 and lat < 20 and -20 < lng < 50):
            return "Africa"
        return ""

    def number_masses(self):
        """Cells that touch and were drawn as one piece are one landmass; pieces cut at 180° too. Largest first."""
        seen, found = set(), []
        for row in range(FIRST_ROW, ROWS):
            for column in range(COLUMNS):
                if not self.mass[row][column] or (row, column) in seen:
                    continue
                cells, todo = [], [(row, column)]
                seen.add((row, column))
                side = self.cut((row, column))
                while todo:
                    cell = todo.pop()
                    cells.append(cell)
                    for other in neighbours(cell):
                        piece = self.mass[other[0]][other[1]]
                        same = piece == self.mass[cell[0]][cell[1]] or (
                            piece and other[0] == cell[0] and abs(other[1] - cell[1]) > COLUMNS // 2)
                        if same and other not in seen and self.cut(other) == side:
                            seen.add(other)
                            todo.append(other)
                found.append(sorted(cells))
        self.area = [0]
        self.cells = [[]]
        area = lambda cells: sum(math.cos(math.radians(middle(c)[0])) for c in cells) * (CELL * 111.2) ** 2
        found.sort(key=lambda cells: (-area(cells), cells[0]))
        numbered = empty()
        for number, cells in enumerate(found, 1):
            self.area.append(area(cells))
            self.cells.append(cells)
            for row, column in cells:
                numbered[row][column] = number
        self.mass = numbered

    def at(self, cell):
        return self.mass[cell[0]][cell[1]]

    def nearest(self, point, reach=3):
        """The cell of land next to a point."""
        row, column = cell_at(*point)
        around = [(r, c % COLUMNS) for r in range(row - reach, row + reach + 1)
                  for c in range(column - 2 * reach, column + 2 * reach + 1)]
        land = [c for c in around if self.at(c)]
        return min(land, key=lambda c: (0 if c == (row, column) else km(point, middle(c)), c)) if land else None

    def line(self, a, b, mass):
        """Whether the great circle from a to b keeps to the landmass."""
        u, v = vector(a), vector(b)
        angle = 2 * math.asin(min(1, math.dist(u, v) / 2))
        steps = max(1, int(angle * 6371 / LINE_STEP_KM))
        sea = gap = 0
        for i in range(1, steps):
            s = math.sin(angle)
            p, q = math.sin(angle * (1 - i / steps)) / s, math.sin(angle * i / steps) / s
            x, y, z = (p * m + q * n for m, n in zip(u, v))
            lat, lng = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
            if self.at(cell_at(lat, lng)) == mass:
                gap = 0
                continue
            gap, sea = gap + 1, sea + 1
            if gap > LINE_GAP:
                return False
        return sea <= max(2, LINE_SEA * steps)

    def write(self):
        lines = []
        for row in range(ROWS):
            runs, last, length = [], None, 0
            for column in range(COLUMNS + 1):
                here = (self.mass[row][column], self.country[row][column]) if column < COLUMNS else None
                if here and not here[0]:
                    here = (0, 0)
                if here == last:
                    length += 1
                    continue
                if last:
                    runs.append(f"{length}" + (f",{last[0]},{last[1]}" if last[0] else ""))
                last, length = here, 1
            lines.append(" ".join(runs) + "\n")
        pack("land.txt.gz", "".join(lines))


def pack(name, text):
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{name}: {len(text)} bytes, packed {(HERE / name).stat().st_size}")


class Groups:
    """Which landmasses are joined already, and whether a large one is among them."""

    def __init__(self, areas):
        self.above = list(range(len(areas)))
        self.large = [area >= LARGE for area in areas]

    def find(self, i):
        while self.above[i] != i:
            i = self.above[i]
        return i

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        self.above[b] = a
        self.large[a] = self.large[a] or self.large[b]


def crossings_by_hand(land):
    found, alone, via = [], set(), []
    for name, lat1, lng1, lat2, lng2, minutes, modes in rows_of("crossings.tsv"):
        ends = [land.nearest((float(lat1), float(lng1)))]
        if modes == "none":
            alone.add(land.at(ends[0]))
            continue
        if modes == "via":
            via.append(ends[0])
            continue
        ends.append(land.nearest((float(lat2), float(lng2))))
        points = [(float(lat1), float(lng1)), (float(lat2), float(lng2))]
        if None in ends:
            sys.exit(f"crossings.tsv: {name}: an end lies at sea")
        masses = [land.at(end) for end in ends]
        if masses[0] == masses[1]:
            print(f"note: {name} shortens a way on landmass {masses[0]}")
        found.append((name, points, masses, ends, int(minutes), modes))
    return found, alone, via


def small_boats(land, joined, alone):
    """Small islands' own boats and bridges: the shortest first. A boat never joins what large landmasses are joined with."""
    groups, reach = Groups(land.area), {}
    by_hand = {tuple(sorted(masses)) for _, _, masses, *_ in joined}
    for a, b in by_hand:
        groups.join(a, b)
    for mass in range(1, len(land.cells)):
        if land.area[mass] >= LARGE or mass in alone:
            continue
        for cell in land.cells[mass]:
            lat = middle(cell)[0]
            high = int(BOAT_KM / 11) + 1
            wide = min(60, int(high / max(0.1, math.cos(math.radians(lat)))) + 1)
            for row in range(max(FIRST_ROW, cell[0] - high), min(ROWS, cell[0] + high + 1)):
                for step in range(-wide, wide + 1):
                    other = (row, (cell[1] + step) % COLUMNS)
                    if not land.at(other) or land.at(other) == mass or land.at(other) in alone:
                        continue
                    pair = tuple(sorted((mass, land.at(other))))
                    near = (km(middle(cell), middle(other)), *sorted((cell, other), key=land.at))
                    if near[0] <= BOAT_KM and (pair not in reach or near < reach[pair]):
                        reach[pair] = near
    boats = []
    for (a, b), (gap, one, other) in sorted(reach.items(), key=lambda item: (item[1], item[0])):
        bridged = other in neighbours(one)
        known = groups.find(a) == groups.find(b)
        apart = groups.large[groups.find(a)] and groups.large[groups.find(b)]
        if (a, b) in by_hand or (known and not bridged) or (apart and not known):
            continue
        groups.join(a, b)
        minutes = 10 if bridged else round(30 + gap / 25 * 60)
        boats.append(("", [middle(one), middle(other)], [a, b], [one, other], minutes, "cbtf"))
    return boats


def parts(land):
    """(block, cells) of each connected part of a landmass in a block."""
    for mass in range(1, len(land.cells)):
        blocks = collections.defaultdict(set)
        for cell in land.cells[mass]:
            blocks[(cell[0] // BLOCK, cell[1] // BLOCK)].add(cell)
        for block, cells in sorted(blocks.items()):
            while cells:
                start = min(cells)
                cells.discard(start)
                part, todo = [start], [start]
                while todo:
                    for other in neighbours(todo.pop()):
                        if other in cells:
                            cells.discard(other)
                            part.append(other)
                            todo.append(other)
                yield mass, block, sorted(part)


def walked(start, ends, cells):
    """The shortest ways over cells from a cell to each of the others, in km."""
    best, queue, found = {start: 0.0}, [(0.0, start)], {}
    while queue and len(found) < len(ends):
        length, cell = heapq.heappop(queue)
        if length > best[cell]:
            continue
        if cell in ends:
            found[cell] = length
        for other in neighbours(cell):
            if other in cells:
                new = length + km(middle(cell), middle(other))
                if new < best.get(other, math.inf):
                    best[other] = new
                    heapq.heappush(queue, (new, other))
    return found


def graph(land, crossings, via):
    nodes = []                                # (point, cell, mass, part)
    by_block = collections.defaultdict(list)  # block -> nodes
    part_of, cells_of = {}, []
    for mass, block, cells in parts(land):
        for cell in cells:
            part_of[cell] = len(cells_of)
        lat, lng = (sum(c[i] for c in cells) / len(cells) for i in (0, 1))
        hub = min(cells, key=lambda c: ((c[0] - lat) ** 2 + (c[1] - lng) ** 2, c))
        if len(cells) > 4 or land.area[mass] < LARGE:
            nodes.append((middle(hub), hub, mass, len(cells_of)))
        cells_of.append(cells)
    joins, known = [], {node[:2]: i for i, node in enumerate(nodes)}
    for name, points, masses, ends, minutes, modes in crossings:
        indices = []
        for point, end, mass in zip(points, ends, masses):
            if (point, end) not in known:
                known[(point, end)] = len(nodes)
                nodes.append((point, end, mass, part_of[end]))
            indices.append(known[(point, end)])
        joins.append((*indices, minutes, modes, name))
    nodes += [(middle(cell), cell, land.at(cell), part_of[cell]) for cell in via if (middle(cell), cell) not in known]
    for i, (_, cell, _, _) in enumerate(nodes):
        by_block[(cell[0] // BLOCK, cell[1] // BLOCK)].append(i)
    edges = {}
    wide = COLUMNS // BLOCK
    for i, (point, cell, mass, part) in enumerate(nodes):
        row, column = cell[0] // BLOCK, cell[1] // BLOCK
        around = [j for r in (-1, 0, 1) for c in (-1, 0, 1) for j in by_block[(row + r, (column + c) % wide)]
                  if j > i and nodes[j][2] == mass]
        hidden = []
        for j in around:
            if nodes[j][1] == cell or land.line(point, nodes[j][0], mass):
                edges[(i, j)] = km(point, nodes[j][0])
            else:
                hidden.append(j)
        for j in hidden:
            cells = set(cells_of[part]) | set(cells_of[nodes[j][3]])
            way = walked(cell, {nodes[j][1]}, cells)
            if way:
                edges[(i, j)] = way[nodes[j][1]]
    return nodes, edges, joins


def main(folder):
    land = Land(fetch(pathlib.Path(folder)))
    joined, alone, via = crossings_by_hand(land)
    boats = small_boats(land, joined, alone)
    reached = {mass for crossing in joined + boats for mass in crossing[2]}
    for mass in range(1, len(land.cells)):
        if land.area[mass] >= LARGE and mass not in reached:
            print(f"apart: landmass {mass}, {land.area[mass]:.0f} km², at {middle(land.cells[mass][len(land.cells[mass]) // 2])}")
    nodes, edges, joins = graph(land, joined + boats, via)
    lines = [f"node\t{round(p[0] * 1e4)}\t{round(p[1] * 1e4)}\t{mass}\t\n" for p, _, mass, _ in nodes]
    lines += [f"land\t{i}\t{j}\t{round(length * 10)}\t\n" for (i, j), length in sorted(edges.items())]
    lines += [f"crossing\t{i}\t{j}\t{minutes}\t{modes}\n" for i, j, minutes, modes, _ in joins]
    print(len(land.cells) - 1, "landmasses", len(nodes), "nodes", len(edges), "edges", len(boats), "boats")
    pack("graph.tsv.gz", "".join(lines))
    land.write()


main(sys.argv[1])
