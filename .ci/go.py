"""Set up what is needed, then run the main job or the tests. Needs Python 3.11 with pip, nothing else.

    python3 .ci/go.py run  [arguments of "harness run"]
    python3 .ci/go.py test [arguments of tox]

Everything is installed into .venv beside the project's files; the machine's Python stays as it is.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
OLDEST = (3, 11)


def _tool(name: str) -> Path:
    folder = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
    return folder / (name + (".exe" if os.name == "nt" else ""))


def _ready(what: str, requirements: list[str], *, stamp_of: bytes) -> None:
    """Create the environment and install into it, unless that was done for these very inputs before."""
    stamp = ENVIRONMENT / f"{what}.installed"
    wanted = hashlib.sha256(stamp_of + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not _tool("python").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    print(f"installing into {ENVIRONMENT.name} …", file=sys.stderr, flush=True)
    pip = [str(_tool("python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *requirements], cwd=ROOT, check=True)
    stamp.write_text(wanted)


def _interpreters() -> list[str]:
    """Interpreters that tox would not find on PATH by itself: those that pyenv keeps."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return []
    root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
    return [str(path) for path in sorted(Path(root).glob("versions/3.1[1-9].*/bin/python"))] if root else []


def main(arguments: list[str]) -> int:
    """Dispatch on the first argument."""
    if sys.version_info < OLDEST:
        print(
            f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}",
            file=sys.stderr,
        )
        return 2
    match arguments:
        case ["run", *rest]:
            # Editable, so that a change to the checkout takes effect without a new installation.
            _ready("harness", ["--editable", "."], stamp_of=(ROOT / "pyproject.toml").read_bytes())
            return subprocess.run([str(_tool("harness")), "run", *rest], check=False).returncode
        case ["test", *rest]:
            _ready("tox", ["tox>=4.25"], stamp_of=b"tox>=4.25")
            found = _interpreters()
            discover = ["--discover", *found] if found else []
            # tox's option takes every word up to the next option, so it stands last.
            return subprocess.run(
                [str(_tool("tox")), "run", *rest, *discover], cwd=ROOT, check=False
            ).returncode
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
