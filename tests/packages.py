"""Tiny packages, made in a folder that sessions see as they see site-packages."""

from __future__ import annotations

import os
from pathlib import Path


def install(root: Path, name: str, code: str = "", version: str = "1.0") -> Path:
    """Make a package of one module, installed as pip would. Return the folder for PYTHONPATH."""
    folder = root / "site-packages"
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    for path in (root, folder, about):
        path.chmod(0o755)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder


def python_path(folder: Path) -> str:
    """PYTHONPATH with a folder in it."""
    return os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(folder)])


# What packages do at import that no fork takes along, by name, and the words about it.
FAULTS = {
    "keeps_a_thread": (
        "import threading\nthreading.Thread(target=threading.Event().wait, name='beat', daemon=True).start()",
        "leaves 1 thread running (beat)",
    ),
    "keeps_a_child": (
        "import subprocess\nchild = subprocess.Popen(['sleep', '98761'])",
        "leaves 1 process running",
    ),
    "keeps_a_daemon": (
        "import os\nif os.fork() == 0:\n    if os.fork() == 0:\n        os.setsid()\n"
        "        os.execvp('sleep', ['sleep', '98761'])\n    os._exit(0)\nos.wait()",
        "leaves 1 process running",
    ),
    "keeps_a_socket": (
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))",
        "leaves 1 descriptor open (socket)",
    ),
    "keeps_a_pipe": ("import os\nends = os.pipe()", "leaves 2 descriptors open (pipe)"),
    "keeps_a_file": ("file = open('/dev/urandom', 'rb')", "leaves 1 descriptor open (/dev/urandom)"),
    "closes_what_is_open": ("import os\nos.closerange(3, 5)", "that the grader needs"),
    "raises": ("raise ValueError('no licence')", "raises ValueError: no licence"),
    "exits": ("raise SystemExit(3)", "raises SystemExit: 3"),
    "ends_python": ("import os\nos._exit(0)", "ends the process"),
    "dies": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ends the process"),
    "lacks_another": ("import not_there_at_all", "fails (there is no module not_there_at_all)"),
    "handles_signals": (
        "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)",
        "changes how signals are handled",
    ),
    "changes_the_type": (
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "changes torch's default type",
    ),
}
