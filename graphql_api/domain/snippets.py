"""The words of a search, and the passage of a text in which they stand.

The databases say which texts are found; where the words stand in them is found here,
the same for both. It serves the eye only: a passage without a hit is still a passage.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MOST_WORDS: Final = 32
_MOST_CHARS: Final = 100_000
"""As much of a text as is searched."""
_BEFORE_CHARS: Final = 48
_PASSAGE_CHARS: Final = 180
# Thai to Burmese, Khmer, Kana, Hanzi and Kanji, Hangul: nothing stands between words.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_RUN: Final = re.compile(r"[^\W_]+")
_MARKS: Final = re.compile(r"\*\*|`{1,3}|~~|\||-{3,}|(?:(?<=\n)|^)#{1,6} ")
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a passage, and whether it is what was looked for."""

    text: str
    hit: bool


def words_of(search: str) -> list[str]:
    """What is looked for; further words are left out."""
    return search.split()[:MOST_WORDS]


def is_unspaced(word: str) -> bool:
    """Whether the word is of a language that writes no spaces between words."""
    return _UNSPACED.search(word) is not None


def snippet(text: str, search: str) -> list[Part]:
    """One line of the text around the first hit, in pieces; usual marks left out."""
    pattern = _pattern(search)
    text = text[:_MOST_CHARS]
    first = _find(pattern, text)
    start = _word_start(text, max(0, first - _BEFORE_CHARS))
    stop = start + _PASSAGE_CHARS
    line = " ".join(_MARKS.sub("", text[start:stop]).split())
    parts = list(_parts(pattern, line))
    if start:
        parts.insert(0, Part(_ELLIPSIS, hit=False))
    if stop < len(text):
        parts.append(Part(_ELLIPSIS, hit=False))
    return parts


def _pattern(search: str) -> re.Pattern[str] | None:
    words = words_of(search)
    alternatives = [
        found
        for index, word in enumerate(words, start=1)
        if (found := _alternative(word, unfinished=index == len(words)))
    ]
    if not alternatives:
        return None
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _alternative(word: str, *, unfinished: bool) -> str:
    if is_unspaced(word):
        return re.escape(_folded(word))
    runs = _RUN.findall(_folded(word))
    if not runs:
        return ""
    end = "" if unfinished else r"(?![^\W_])"
    return r"(?<![^\W_])" + r"[\W_]{1,9}".join(runs) + end


def _find(pattern: re.Pattern[str] | None, text: str) -> int:
    if pattern is None:
        return 0
    # Folding takes long: first as the text is.
    found = pattern.search(text) or pattern.search(_folded(text))
    return found.start() if found else 0


def _word_start(text: str, at: int) -> int:
    """The start of the word behind a place, unless that is far away."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + _BEFORE_CHARS // 2)
    return at if space < 0 else space + 1


def _parts(pattern: re.Pattern[str] | None, line: str) -> Iterator[Part]:
    done = 0
    for found in pattern.finditer(_folded(line)) if pattern else ():
        if found.start() > done:
            yield Part(line[done : found.start()], hit=False)
        yield Part(line[found.start() : found.end()], hit=True)
        done = found.end()
    if done < len(line):
        yield Part(line[done:], hit=False)


def _folded(text: str) -> str:
    """The text without accents and case, and not a character shorter or longer."""
    return text.lower() if text.isascii() else "".join(map(_fold, text))


@lru_cache(maxsize=4_096)
def _fold(character: str) -> str:
    bare = unicodedata.normalize("NFKD", character)[:1].casefold()
    return bare if len(bare) == 1 else character
