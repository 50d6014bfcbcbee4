"""Sphinx's settings for the website; `build.py` lays out the folder that Sphinx reads."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from press import course, inventory, landing, launch, numbers, reference  # noqa: E402

import bplib  # noqa: E402

project = "Backpropagation from the Ground Up"
author = "The Backpropagation from the Ground Up authors"
copyright = "text CC BY 4.0, code MIT"
version = release = bplib.__version__
language = "en"
nitpicky = True
root_doc = "contents"

extensions = [
    "myst_nb",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "sphinx_codeautolink",
    "press.extension",
]
exclude_patterns = ["jupyter_execute", ".jupyter_cache"]
templates_path = ["templates"]
# What codeautolink keeps in its setting cannot be pickled, and need not be.
suppress_warnings = ["config.cache"]

# What the pages of this book know of themselves (press/extension.py).
press_numbers = numbers.read(ROOT)
press_chapters = {chapter.slug: chapter for chapter in course.read(ROOT)}
press_public = launch.public()


def setup(app):
    """Make the settings of press known to Sphinx; they change nothing that is kept."""
    for name in ("numbers", "chapters", "public"):
        app.add_config_value(f"press_{name}", None, "")


nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}
nb_code_prompt_show = "How this was drawn"
nb_code_prompt_hide = "How this was drawn"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
# The anchors that Jupyter makes, so that one link serves both.
myst_heading_slug_func = "press.slugs.jupyter"
html_math_renderer = "press"

autodoc_typehints = "none"
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
codeautolink_custom_blocks = {"ipython3": "sphinx_codeautolink.clean_ipython"}
codeautolink_concat_default = True
codeautolink_autodoc_inject = False
codeautolink_warn_on_missing_inventory = False
codeautolink_inventory_map = reference.homes(reference.modules())

# Written by build.py; nothing is fetched.
intersphinx_mapping = {"numpy": (inventory.ADDRESS, str(ROOT / "book/_build/numpy.inv"))}

html_theme = "sphinx_book_theme"
html_title = project
html_short_title = "Backpropagation"
html_static_path = ["static", "../_build/vendor"]
html_extra_path = ["../_build/extra"]
html_css_files = ["fonts.css", "site.css", "print.css"]
html_js_files = [("previews.js", {"defer": "defer"})]
html_search_language = "en"
nitpicky = True
html_use_index = False
html_domain_indices = False
html_show_sourcelink = False
html_copy_source = False
html_permalinks_icon = "#"
html_baseurl = os.environ.get("SITE_URL", "")
html_additional_pages = {"index": "landing.html", "404": "404.html"}
# What only the first page shows.
_chapters = list(press_chapters.values())
html_context = {
    "default_mode": "auto",
    "press_wide": landing.moving_picture(),
    "press_narrow": landing.small_picture(),
    "press_parts": landing.parts(_chapters),
    "press_appendices": [chapter for chapter in _chapters if chapter.is_appendix],
    "press_exercises": sum(chapter.exercises for chapter in _chapters),
    "press_run": "lite/lab/index.html" if press_public.lite else "run.html",
    "press_base": html_baseurl and html_baseurl.rstrip("/") + "/",
    "press_top": urlsplit(html_baseurl).path.rstrip("/") + "/",
}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "github-dark-high-contrast",
    "toc_title": "On this page",
    "navbar_persistent": [],
    "back_to_top_button": False,
    "article_header_end": ["article-header-buttons.html"],
    "footer_content_items": ["about.html"],
}
copybutton_selector = "div.highlight-ipython3 pre, div.highlight-python pre"
