"""In charge of handing pip's settings on to uv, which reads none of them: indexes, certificates, hosts, proxy.

What is set for uv already stays. Local folders that do not exist are left out: pip shrugs at them, uv stops.
"""

import ast
import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlparse

SAME_MEANING = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def for_uv(python: Path) -> dict[str, str]:
    """Environment variables for uv, to be added to the present ones."""
    settings: dict[str, str] = {}
    for name, value in configured(python).items():
        variable = SAME_MEANING.get(name)
        reachable = " ".join(part for part in value.split() if exists(part, is_path=name == "cert"))
        if variable and reachable and variable not in os.environ:
            settings[variable] = ",".join(reachable.split()) if name == "find-links" else reachable
    if "UV_INDEX" in settings:
        # as pip does: the best match of all indexes. The lock file's hashes keep a stranger's package out.
        settings.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return settings


def configured(python: Path) -> dict[str, str]:
    """pip's own reading of its files and of the environment; the more special entry wins, the environment most."""
    command = [str(python), "-m", "pip", "config", "list"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    ordered = sorted(pairs, key=lambda pair: (pair[0].startswith(":env:"), pair[0].startswith("install.")))
    return {key.rsplit(".", 1)[-1]: str(ast.literal_eval(value)) for key, value in ordered}


def exists(entry: str, *, is_path: bool) -> bool:
    address = urlparse(entry)
    if address.scheme == "file":
        return Path(unquote(address.path)).exists()
    return Path(entry).exists() if is_path or entry.startswith(("/", ".")) else True
