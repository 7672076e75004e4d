import json
import struct
import zlib

import pytest

from reflex_app.build import ROOT
from reflex_app.icons import png, read_drawing
from reflex_app.shell import manifest, worker
from reflex_app.texts import languages

INDIGO, BOLT, NOTHING = (67, 56, 202, 255), (250, 204, 21, 255), (0, 0, 0, 0)
PAGE = '<link href="/assets/manifest-1a2b.js"/><script src="/assets/entry-1.js">'
FONT = "<style>@font-face{src:url(/assets/inter-1.woff2)}</style>"


def pixel(image: bytes, x: int, y: int) -> tuple[int, ...]:
    width = struct.unpack(">I", image[16:20])[0]
    (length,) = struct.unpack(">I", image[33:37])
    rows = zlib.decompress(image[41 : 41 + length])
    first = y * (width * 4 + 1) + 1 + x * 4
    return tuple(rows[first : first + 4])


def test_an_icon_is_the_drawing_with_its_corners_cut() -> None:
    image = png(read_drawing(ROOT / "assets" / "favicon.svg"), 64, maskable=False)

    assert pixel(image, 0, 0) == NOTHING
    assert pixel(image, 32, 2) == INDIGO
    assert pixel(image, 32, 32) == BOLT


def test_a_maskable_icon_fills_its_square() -> None:
    image = png(read_drawing(ROOT / "assets" / "favicon.svg"), 64, maskable=True)

    corners = {pixel(image, x, y) for x in (0, 63) for y in (0, 63)}
    assert corners == {INDIGO}
    assert pixel(image, 32, 32) == BOLT


def test_the_manifest_names_what_an_installed_page_needs() -> None:
    told = json.loads(manifest(languages()["zh-Hans"]))

    assert (told["lang"], told["shortcuts"][0]["name"]) == ("zh-Hans", "新对话")
    assert (told["start_url"], told["display"]) == ("/", "standalone")
    assert {icon.get("purpose", "any") for icon in told["icons"]} == {"any", "maskable"}


def test_the_worker_keeps_what_the_pages_load() -> None:
    script = worker("// work", [PAGE, FONT])

    assert (
        'FILES = ["/assets/entry-1.js", "/assets/inter-1.woff2",'
        ' "/assets/manifest-1a2b.js"]'
    ) in script


def test_another_build_is_another_worker() -> None:
    first = worker("// work", [PAGE])

    assert worker("// work", [PAGE]) == first
    assert worker("// work", [PAGE, "changed"]).splitlines()[0] != first.splitlines()[0]
    assert worker("// other", [PAGE]).splitlines()[0] != first.splitlines()[0]


def test_a_build_that_looks_otherwise_is_noticed() -> None:
    with pytest.raises(ValueError, match="list of their files"):
        worker("// work", ["<html></html>"])
