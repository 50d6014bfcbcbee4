"""What turns the notebooks into the website: small steps that `build.py` calls one by one.

Pure Python: `course`, `boxes`, `numbers`, `notebook`, `docstrings`, `reference`, `landing`,
`launch`, `assets`, `slugs`, `check`.
With Sphinx: `extension` and what it uses, `mathematics`, `previews`, `searching`.
"""
