"""How Sphinx builds the documentation: `make docs` puts it into `var/docs`."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

project = PACKAGE["name"]
author = PACKAGE["authors"][0]["name"]
project_copyright = author
release = version = PACKAGE["version"]

extensions = ["myst_parser", "sphinx_copybutton"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
nitpicky = True

html_theme = "furo"
html_title = project
html_static_path = ["images", "style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# Pygments has no lexer for these, so they are shown as they are.
suppress_warnings = ["misc.highlighting_failure"]
