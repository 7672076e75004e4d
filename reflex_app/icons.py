"""The icons of the installed page as PNG, drawn from `favicon.svg` by the build.

The repository holds the drawing and no pixels. Shapes are filled line by line: a
pixel is as opaque as the part of it that lies inside.
"""

import math
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

Point = tuple[float, float]

_LINES_PER_PIXEL = 4
_STEPS_PER_CORNER = 24
_OPAQUE = 0.999
_MASKED_SCALE = 0.82
"""A launcher may cut an icon to a circle four fifths as wide: what is drawn fits."""
_SEGMENT = re.compile(r"([MLHVlhvz])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon in the drawing's own coordinates."""

    color: tuple[int, int, int]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A tile with something on it."""

    width: float
    tile: Shape
    bare_tile: Shape
    """The tile with its corners filled, for launchers that cut their own."""
    mark: Shape


def read_drawing(path: Path) -> Drawing:
    """Read a drawing of one rounded rectangle and one path of straight lines."""
    # Our own file, from this checkout.
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314
    rect, outline = (child.attrib for child in root)
    width, radius = float(rect["width"]), float(rect["rx"])
    return Drawing(
        width=width,
        tile=Shape(_color(rect["fill"]), _rounded(width, radius)),
        bare_tile=Shape(_color(rect["fill"]), _rounded(width, 0)),
        mark=Shape(_color(outline["fill"]), _polygon(outline["d"])),
    )


def png(drawing: Drawing, size: int, *, maskable: bool) -> bytes:
    """Return the drawing as a square PNG of `size` pixels."""
    mark, tile = drawing.mark, drawing.tile
    if maskable:
        mark, tile = _shrunk(mark, drawing.width / 2), drawing.bare_tile
    pixels = bytearray(size * size * 4)
    for shape in (tile, mark):
        scaled = [
            (x * size / drawing.width, y * size / drawing.width)
            for x, y in shape.points
        ]
        for row in range(size):
            _blend(pixels, row * size, _coverage(scaled, row, size), shape.color)
    return _encoded(pixels, size)


def _color(name: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(name.removeprefix("#"))
    return red, green, blue


def _rounded(width: float, radius: float) -> tuple[Point, ...]:
    near, far = radius, width - radius
    centres = ((far, far), (near, far), (near, near), (far, near))
    return tuple(
        (
            x + radius * math.cos(math.pi / 2 * (corner + step / _STEPS_PER_CORNER)),
            y + radius * math.sin(math.pi / 2 * (corner + step / _STEPS_PER_CORNER)),
        )
        for corner, (x, y) in enumerate(centres)
        for step in range(_STEPS_PER_CORNER + 1)
    )


def _polygon(path: str) -> tuple[Point, ...]:
    points: list[Point] = []
    x = y = 0.0
    for command, text in _SEGMENT.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(text)]
        if command.upper() == "H":
            steps = [(number, 0.0 if command == "h" else y) for number in numbers]
        elif command.upper() == "V":
            steps = [(0.0 if command == "v" else x, number) for number in numbers]
        else:
            steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        for across, down in steps:
            x, y = (x + across, y + down) if command.islower() else (across, down)
            points.append((x, y))
    return tuple(points)


def _shrunk(shape: Shape, centre: float) -> Shape:
    def towards(value: float) -> float:
        return centre + (value - centre) * _MASKED_SCALE

    return Shape(shape.color, tuple((towards(x), towards(y)) for x, y in shape.points))


def _coverage(points: list[Point], row: int, size: int) -> list[float]:
    """Return how much of each pixel of a row lies inside the polygon, 0 to 1."""
    covered = [0.0] * size
    for line in range(_LINES_PER_PIXEL):
        crossings = _crossings(points, row + (line + 0.5) / _LINES_PER_PIXEL)
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            for pixel in range(int(left), min(math.ceil(right), size)):
                inside = min(right, pixel + 1) - max(left, pixel)
                covered[pixel] += inside / _LINES_PER_PIXEL
    return covered


def _crossings(points: list[Point], y: float) -> list[float]:
    edges = zip(points, points[1:] + points[:1], strict=True)
    return sorted(
        x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        for (x0, y0), (x1, y1) in edges
        if (y0 <= y) != (y1 <= y)
    )


def _blend(
    pixels: bytearray, first: int, coverage: list[float], color: tuple[int, int, int]
) -> None:
    for pixel, above in enumerate(coverage, first):
        if above <= 0:
            continue
        if above > _OPAQUE:
            pixels[pixel * 4 : pixel * 4 + 4] = (*color, 255)
            continue
        below = pixels[pixel * 4 + 3] / 255 * (1 - above)
        opacity = above + below
        for channel, value in enumerate(color):
            at = pixel * 4 + channel
            pixels[at] = round((value * above + pixels[at] * below) / opacity)
        pixels[pixel * 4 + 3] = min(255, round(opacity * 255))


def _encoded(pixels: bytearray, size: int) -> bytes:
    width = size * 4
    rows = b"".join(
        b"\0" + pixels[row * width : (row + 1) * width] for row in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
