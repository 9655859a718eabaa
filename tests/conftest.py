"""In charge of what every test may ask for; services start when a test first asks, never before."""

from pathlib import Path

from hypothesis import configuration

pytest_plugins = [
    "services.run",
    "services.postgres",
    "services.redis",
    "services.smtp",
    "services.databases",
    "services.chromium",
    "services.clock",
    "services.imap",
    "services.listener",
    "services.node",
    "services.workspaces",
]

configuration.set_hypothesis_home_dir(Path(__file__).parent.parent / ".cache" / "hypothesis")
