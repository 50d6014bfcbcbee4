"""What the website's pages load and its search finds, without Sphinx and without a browser."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parent.parent / "book" / "site"
sys.path.insert(0, str(SITE))

from press import assets, lighter, words  # noqa: E402


def test_a_style_sheet_keeps_what_a_page_can_need():
    css = """
    @charset "utf-8";
    /* a comment */
    a, .gone, .here > b:not(.gone) { color: red }
    .here.gone { color: blue }
    @media print { .gone { top: 0 } .here { top: 1px } }
    @media screen { #gone { top: 0 } }
    @font-face { font-family: "Font Awesome 7 Free"; src: url(x) }
    @font-face { font-family: Kept; src: url(y) }
    """
    made = lighter.used(css, lighter.words(['<p class="here">']))
    assert made == (
        "a,.here > b:not(.gone){color: red}\n@media print{\n.here{top: 1px}\n}\n"
        "@font-face { font-family: Kept; src: url(y) }\n"
    )


def test_the_style_sheets_become_one_with_what_they_import(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "basic.css").write_text(".a { top: 0 }")
    (tmp_path / "styles" / "theme.css").write_text('@import "../basic.css";\n.b { top: 1px }')
    (tmp_path / "site.css").write_text('html[data-theme="light"] .highlight .k { top: 2px }')
    names = ["styles/theme.css", "site.css"]
    address = lighter.merge(tmp_path, names, {"a", "b", "k", "highlight"})
    assert re.fullmatch(r"book\.css\?v=[0-9a-f]{8}", address)
    assert (tmp_path / lighter.MERGED).read_text() == (
        '.a{top: 0}\n.b{top: 1px}\nhtml:not([data-theme="dark"]) .highlight .k{top: 2px}\n'
    )
    assert lighter.merge(tmp_path, names, {"a"}) != address


def test_a_page_loads_one_style_sheet_and_no_script_holds_it_up():
    following = '<link href="../x.html" rel="next"/>'
    page = (
        '<link href="../_static/styles/theme.css?v=1" rel="stylesheet"/>\n'
        '<link href="../_static/site.css" rel="stylesheet"/>\n'
        + following
        + '<script src="../_static/documentation_options.js?v=2"></script>'
        '<script src="../_static/doctools.js"></script><script defer="" src="a.js"></script>'
        '<pre><span></span>f<span class="p">(</span><span class="n">x</span></pre>'
    )
    assert lighter.sheets(page) == ["styles/theme.css", "site.css"]
    assert lighter.lighten(page, "book.css?v=3", "var O = {}") == (
        '<link href="../_static/book.css?v=3" rel="stylesheet"/>\n'
        + following
        + '<script>var O = {}</script><script defer src="../_static/doctools.js"></script>'
        '<script defer="" src="a.js"></script><pre>f(<span class="n">x</span></pre>'
    )


def test_another_theme_is_not_changed_unseen(tmp_path):
    script = tmp_path / "theme.js"
    script.write_text('a();document.querySelectorAll(["pre",".b"].join(", ")).forEach(m);b()')
    lighter.quiet(script)
    assert script.read_text() == "a();[].forEach(m);b()"
    with pytest.raises(ValueError, match="theme.js"):
        lighter.quiet(script)


def test_the_letters_of_all_pages_are_kept_in_the_fonts():
    kept = assets.letters(["<p>δ &rarr; ×</p>", '<script>say("\\u2714\\u000a")</script>'])
    assert {"δ", "→", "×", "✔", "~", "é", " "} <= set(kept)
    assert "\n" not in kept and kept == "".join(sorted(set(kept)))


def test_the_style_sheets_ask_for_weights_that_the_fonts_have():
    sheets = [path.read_text(encoding="utf-8") for path in SITE.glob("st*/*.css")]
    asked = {int(n) for css in sheets for n in re.findall(r"font(?:-weight)?: *(\d{3})\b", css)}
    low, high = assets.WEIGHTS
    assert 400 in asked and all(low <= weight <= high for weight in asked), asked


def test_search_knows_terms_letters_and_other_names():
    places = {*words.OTHER_NAMES.values(), "batch-normalisation"}
    found = dict(words.names({"batch normalisation": "batch-normalisation"}, places))
    assert found["batch normalization"] == "batch-normalisation"
    assert found["Hadamard product"] == "signs" and found["L2 regularization"] == "l2-penalty"
    assert "elementwize product" not in found
    with pytest.raises(ValueError, match="signs"):
        words.names({}, places - {"signs"})
    assert words.signs(r"\delta^{(l)} \hat y") == ["δ", "delta"]
