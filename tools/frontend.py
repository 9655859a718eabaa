"""In charge of `ui/static/dist`: Node, the packages of `ui/package-lock.json`, and the build."""

import os
import shutil
import subprocess
from pathlib import Path

import python_environment
from steps import ROOT, Refusal, digest, must_run, report, stamped

UI = ROOT / "ui"
PACKAGES = UI / "node_modules"
BUILT = UI / "static" / "dist"
OLDEST = 20
ADVICE = "The front end could not be built: look at the lines above. It needs Node 20 or newer and a package registry."


def prepare() -> bool:
    """True when something had to be done."""
    packages = digest(UI / "package.json", UI / "package-lock.json", UI / ".npmrc")
    built = digest(UI / "build.mjs", UI / "icons.txt", *(UI / "src").rglob("*"), also=[packages])
    if stamped(BUILT / ".made-from", built):
        return False
    path = _path_with_node()
    if not stamped(PACKAGES / ".made-from", packages):
        report("fetching front-end packages")
        _call(path, "npm", "ci", "--ignore-scripts", "--no-progress", "--loglevel=error")
        (PACKAGES / ".made-from").write_text(packages)
    report("building the front end")
    _call(path, "node", "build.mjs")
    (BUILT / ".made-from").write_text(built)
    return True


def _call(path: str, program: str, *arguments: str) -> None:
    found = shutil.which(program, path=path)
    if found is None:
        raise Refusal(f"“{program}” is missing. Install Node {OLDEST} or newer together with npm.")
    must_run(found, *arguments, folder=UI, environment={"PATH": path}, advice=ADVICE)


def _path_with_node() -> str:
    """The search path on which the right Node is found first: the machine's own, else one from the package index."""
    own = os.environ.get("PATH", os.defpath)
    if _recent(own) and shutil.which("npm", path=own):
        return own
    extended = f"{python_environment.ENVIRONMENT / 'bin'}{os.pathsep}{own}"
    if not _recent(extended):
        python_environment.node_from_index()
    return extended


def _recent(path: str) -> bool:
    node = shutil.which("node", path=path)
    if node is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.removeprefix("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST and Path(node).exists()
