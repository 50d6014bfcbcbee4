"""What JupyterLite's pages say where they cannot run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

SENTENCE = (
    "This browser cannot run Python: it has no WebAssembly, or no JavaScript modules. Any browser "
    "from 2022 on can."
)
# The branch colab holds copies of the notebooks that install the library first.
COLAB = "https://colab.research.google.com/github/{repository}/blob/colab/"
# Written as browsers have understood it since 2010: it is for those that understand nothing newer.
GUARD = """<script>
(function () {
  var path = /[?&]path=([A-Za-z0-9_.\\/-]+\\.ipynb)/.exec(location.search.replace(/%2F/gi, "/"));
  var colab = "COLAB";
  function say() {
    var look = "padding:.6em 1em;border-radius:.3em;background:#0b57a4;color:#fff";
    var text = "<p>SENTENCE</p>";
    if (colab && path) {
      text += '<p><a style="' + look + '" href="' + colab + path[1] + '">Open in Colab</a></p>';
    }
    var html = document.documentElement;
    var body = document.body || html.appendChild(document.createElement("body"));
    body.innerHTML = '<div style="font:1.2em sans-serif;margin:3em">' + text + "</div>";
  }
  if (typeof WebAssembly !== "object" || typeof Promise !== "function" ||
      !("noModule" in document.createElement("script"))) {
    if (window.stop) { window.stop(); }
    say();
  }
})();
</script>
"""
WITHOUT_SCRIPTS = (
    "<noscript>To run, this page needs JavaScript; to be read, the book does not.</noscript>"
)


def guard(made: Path, repository: str) -> None:
    """Give every page a sentence for browsers that cannot run it.

    Arguments:
        made: the folder of the pages.
        repository: owner/name of the public repository; empty where there is none.
    """
    colab = COLAB.format(repository=repository)
    text = GUARD.replace("SENTENCE", SENTENCE).replace("COLAB", colab if repository else "")
    for path in made.rglob("index.html"):
        html = path.read_text(encoding="utf-8")
        html = html.replace("<head>", f"<head>\n{text}", 1)
        html = re.sub("<body[^>]*>", rf"\g<0>\n{WITHOUT_SCRIPTS}", html, count=1)
        path.write_text(html, encoding="utf-8")


def ahead(made: Path, files: Iterable[str]) -> None:
    """Let the pages with notebooks fetch Python while JupyterLite itself is still starting.

    Arguments:
        made: the folder of the pages.
        files: what every start needs, as paths in that folder.
    """
    links = "".join(f'<link rel="prefetch" as="fetch" href="../{one}">\n' for one in files)
    for name in ("notebooks", "lab"):
        path = made / name / "index.html"
        html = path.read_text(encoding="utf-8")
        path.write_text(html.replace("</head>", f"{links}</head>", 1), encoding="utf-8")
