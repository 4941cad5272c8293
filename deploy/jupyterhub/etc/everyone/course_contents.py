"""JupyterLab's files with jupytext, where a pair is brought to one state when its notebook is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import course_pairs
import jupytext


class HealingContentsManager(jupytext.AsyncTextFileContentsManager):  # type: ignore[misc]  # no type annotations
    """Opens every notebook: jupytext answers with an error where a notebook is newer than its module."""

    async def get(self, path: str, content: bool = True, *arguments: Any, **options: Any) -> Any:
        """A file as the editor wants it."""
        if content and path.endswith(".ipynb") and await self.file_exists(path):
            said = course_pairs.bring_pair_together(Path(self._get_os_path(path)))
            if said:
                self.log.warning(said)
        return await super().get(path, content, *arguments, **options)
