"""The folder of built pages."""

import hashlib
from pathlib import Path


class Pages:
    """A folder of built pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def offline_digest(self) -> str | None:
        """SHA-256 of the offline sealing page, if it is built: manifests carry it."""
        page = self.folder / "offline.html"
        return hashlib.sha256(page.read_bytes()).hexdigest() if page.is_file() else None

    def find(self, path: str) -> Path | None:
        """The file at this path of the site; never one outside the folder."""
        file = (self.folder / path.lstrip("/")).resolve()
        return file if file.is_relative_to(self.folder) and file.is_file() else None
