"""Opens a page in a person's own browser, where there is one."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

# One of them is set on Linux where a browser can be shown.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def open_page(path: Path) -> bool:
    """Open a file in the browser; return whether that was possible.

    Without a screen, as on a server, nothing is opened: a browser for the terminal would take it over.
    """
    if sys.platform.startswith("linux") and not any(map(os.environ.get, SCREENS)):
        return False
    return webbrowser.open(path.resolve().as_uri())
