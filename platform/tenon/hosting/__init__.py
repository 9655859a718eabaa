"""In charge of serving: one workspace or many, opened at the first request, under a host name or a path, or in repair.

Workspaces of one installation share a process and nothing else: each has its own database (or PostgreSQL schema),
files and keys.
"""

from tenon.hosting.installation import FILE, Installation
from tenon.hosting.site import Site

__all__ = ["FILE", "Installation", "Site"]
