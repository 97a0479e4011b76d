"""One accent colour becomes a light and a dark palette that can be read.

Colours are worked out in OKLCH (CSS Color 4, section 9.2), where lightness is what the eye sees:
the accent keeps its hue and gives up lightness, and chroma where sRGB has no room for it, until
it holds WCAG 1.4.3's contrast (4.5:1) on the surface it stands on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

Rgb = tuple[float, float, float]

TEXT_CONTRAST = 4.5
STEP = 0.01


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme, each ``#rrggbb``.

    ``accent`` holds 4.5:1 on ``surface`` and ``soft``, and ``on_accent`` on ``accent``; ``ink``
    and ``muted`` are text, ``line`` divides, ``edge`` bounds a control (3:1), ``alert`` is for
    what went wrong.
    """

    surface: str
    soft: str
    line: str
    edge: str
    muted: str
    ink: str
    alert: str
    accent: str
    on_accent: str

    @property
    def is_dark(self) -> bool:
        """Whether its surface is darker than its text."""
        return contrast(self.surface, "#000000") < contrast(self.ink, "#000000")

    def as_css(self) -> SafeString:
        """The palette as CSS custom properties."""
        properties = asdict(self).items()
        css = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in properties)
        return mark_safe(css)  # noqa: S308 (our own names, and colours made of digits)


@lru_cache(maxsize=256)
def light(accent: str) -> Palette:
    """Return the palette for light surfaces of ``accent``, a colour ``#rrggbb``."""
    tint = _tint(accent)
    soft = tint(0.965, 0.006)
    return Palette(
        surface=tint(0.995, 0.002),
        soft=soft,
        line=tint(0.91, 0.008),
        edge=tint(0.6, 0.015),
        muted=tint(0.5, 0.02),
        ink=tint(0.24, 0.015),
        alert=_readable("#c0271d", soft, -STEP),
        accent=_readable(accent, soft, -STEP),
        on_accent="#ffffff",
    )


@lru_cache(maxsize=256)
def dark(accent: str) -> Palette:
    """Return the palette for dark surfaces of ``accent``, a colour ``#rrggbb``."""
    tint = _tint(accent)
    soft = tint(0.265, 0.01)
    return Palette(
        surface=tint(0.205, 0.008),
        soft=soft,
        line=tint(0.34, 0.012),
        edge=tint(0.58, 0.015),
        muted=tint(0.74, 0.015),
        ink=tint(0.95, 0.006),
        alert=_readable("#ff6f61", soft, STEP),
        accent=_readable(accent, soft, STEP),
        on_accent=tint(0.16, 0.01),
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _readable(colour: str, ground: str, step: float) -> str:
    """Move ``colour`` in lightness until it can be read on ``ground``."""
    lightness, chroma, hue = _oklch(colour)
    while contrast(colour, ground) < TEXT_CONTRAST:
        lightness += step
        colour = _colour(lightness, chroma, hue)
    return colour


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _expand(red), _expand(green), _expand(blue)


def _expand(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _compress(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _tint(accent: str) -> Callable[[float, float], str]:
    """Return what makes neutrals of a lightness and a chroma in the accent's hue."""
    _lightness, accent_chroma, hue = _oklch(accent)
    # A grey has no hue, and gets greys.
    share = min(1.0, accent_chroma / 0.05)
    return lambda lightness, chroma: _colour(lightness, chroma * share, hue)


def _oklch(colour: str) -> Rgb:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _colour(lightness: float, chroma: float, hue: float) -> str:
    """Return the sRGB colour, with as much of ``chroma`` as sRGB has at this lightness."""
    rgb = _rgb(lightness, chroma, hue)
    while chroma > 0 and not all(-1e-4 <= part <= 1 + 1e-4 for part in rgb):
        chroma = max(0.0, chroma - STEP / 4)
        rgb = _rgb(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _compress(min(1.0, max(0.0, part)))):02x}" for part in rgb)


def _rgb(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
