"""What the pages load: fonts with their rules, site.css, the theme's style sheet without icons."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

FAMILIES = {
    "source-serif-4": ("Source Serif 4", ("normal", "italic"), "200 900"),
    "inter": ("Inter", ("normal",), "100 900"),
    "jetbrains-mono": ("JetBrains Mono", ("normal",), "100 800"),
}
"""Package, family, styles and the range of weights."""

SUBSETS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F",
    "greek": "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
}
"""Files of a package and the characters for which a browser asks for them."""


SHEETS = (
    "colours",
    "page",
    "text",
    "cells",
    "figures",
    "boxes",
    "formulas",
    "tables",
    "library",
    "previews",
    "contents",
    "around",
    "icons",
    "phone",
)
"""The parts of site.css, in book/site/style, in the order in which one overrides another."""

THEME = "styles/pydata-sphinx-theme.css"
"""The theme's style sheet in its own static folder, and so in the site's."""

_ICON = re.compile(r"(?:\.fa-[\w-]+(?:::?[\w-]+)?,?)+\{--fa[^}]*\}")


def without_icons(css: str) -> str:
    """A style sheet without the names of Font Awesome's two thousand icons, a third of its weight.

    Arguments:
        css: the theme's style sheet.

    Returns:
        The same without rules such as `.fa-bars{--fa:"\\f0c9"}`; site.css draws what is used.
    """
    return _ICON.sub("", css)


def collect(packages: Path, folder: Path) -> list[str]:
    """Copy the fonts and write fonts.css.

    Arguments:
        packages: the folder of the npm packages @fontsource-variable.
        folder: where the site's static files from elsewhere are gathered.

    Returns:
        The names of the files that were copied.
    """
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    rules, copied = [], []
    for package, (family, styles, weights) in FAMILIES.items():
        for style in styles:
            for subset, characters in SUBSETS.items():
                name = f"{package}-{subset}-wght-{style}.woff2"
                shutil.copyfile(packages / package / "files" / name, folder / "fonts" / name)
                copied.append(name)
                rules.append(
                    f"@font-face{{font-family:'{family}';font-style:{style};"
                    f"font-weight:{weights};font-display:swap;"
                    f"src:url(fonts/{name}) format('woff2');unicode-range:{characters}}}"
                )
    (folder / "fonts.css").write_text("\n".join(rules) + "\n", encoding="utf-8")
    return copied


def join(parts: Path, target: Path) -> None:
    """Write site.css as one file: a file for each part would be a request for each part.

    Arguments:
        parts: the folder of the SHEETS; one that is there and not named is a mistake.
        target: where the whole is written.
    """
    strangers = {path.stem for path in parts.glob("*.css")} ^ set(SHEETS)
    if strangers:
        raise FileNotFoundError(f"{parts}: in the folder or in SHEETS, not in both: {strangers}")
    texts = [(parts / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS]
    target.write_text("\n".join(texts), encoding="utf-8")
