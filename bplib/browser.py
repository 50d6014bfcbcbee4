"""Python in a browser: what is different there.

Pyodide is Python compiled to WebAssembly. It has no processes, no threads, no alarm and no GPU; its
packages come when a cell imports them; and what JupyterLite shows in its list of files is kept by
the browser, from one visit to the next.
"""

from __future__ import annotations

import sys
from pathlib import Path

DRIVE = Path("/drive")
"""The files that JupyterLite keeps in the browser; absent where the browser keeps nothing."""


def here() -> bool:
    """Whether this is Python in a browser.

    Returns:
        True under Pyodide.
    """
    return sys.platform == "emscripten"
