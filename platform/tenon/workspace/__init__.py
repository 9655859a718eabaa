"""In charge of assembly: settings and a published version become the doors everything above works with.

A workspace is one company's system: a folder of metadata, a database, files and keys. Its model is swapped
whole when another version was published.
"""

from tenon.workspace.assembly import Assembled, Fallback
from tenon.workspace.identities import SignedIn
from tenon.workspace.workspace import Workspace, require_workspace

__all__ = ["Assembled", "Fallback", "SignedIn", "Workspace", "require_workspace"]
