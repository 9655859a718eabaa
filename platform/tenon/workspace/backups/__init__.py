"""In charge of backups: one encrypted file with everything a workspace is, and a workspace made of such a file.

Data in no database's own words, uploaded files, metadata with the builder's layer and all versions, keys.
"""

from tenon.workspace.backups.gathering import Made, Source, make
from tenon.workspace.backups.verifying import Report, verify

__all__ = ["Made", "Report", "Source", "make", "verify"]
