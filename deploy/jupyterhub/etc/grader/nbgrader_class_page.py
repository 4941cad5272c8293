"""The class page in the formgrader's menu: who is stuck where, written anew when it is opened.

A server extension beside the formgrader's, loaded after it (extensions load in the order of their names).
"""

from __future__ import annotations

import asyncio
import html
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import BaseLoader, Environment
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.base import BaseHandler, check_xsrf
from tornado import web

MENU = "{%- endblock -%}\n        </ul>"  # the end of the menu in nbgrader's base.tpl
ENTRY = '{%- endblock -%}\n<li role="presentation"><a href="{{ base_url }}/class">Class Page</a></li></ul>'
SERVED = {".html": "text/html", ".csv": "text/csv"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Class pages</title>
<body style="font-family: sans-serif; margin: 2em"><h1>Class pages</h1>{body}
<p><a href="{back}">Back to the formgrader</a></p></body></html>"""


class MenuLoader(BaseLoader):
    """nbgrader's templates, with one more entry in the menu."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """A template's text."""
        source, file, is_current = self._loader.get_source(environment, template)
        return source.replace(MENU, ENTRY) if template == "base.tpl" else source, file, is_current


class Pages(BaseHandler):  # type: ignore[misc]  # nbgrader has no type annotations
    """The list of exercises; each is a link to its page."""

    @web.authenticated
    @check_xsrf
    def get(self) -> None:
        """Answer."""
        root = Path(self.coursedir.root)
        graded = sorted({path.name for path in root.glob("autograded/*/*") if path.is_dir()})
        links = [f'<li><a href="{self.base_url}/class/{quote(name)}">{html.escape(name)}</a></li>' for name in graded]
        body = f"<ul>{''.join(links)}</ul>" if links else "<p>Nothing has been graded yet.</p>"
        self.finish(PAGE.format(body=body, back=f"{self.base_url}/formgrader/manage_assignments"))


class WritePage(BaseHandler):  # type: ignore[misc]
    """Writes an exercise's page, as `python -m judge report` does, and leads there."""

    @web.authenticated
    @check_xsrf
    async def get(self, exercise: str) -> None:
        """Answer."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "judge", "report", "--formgrader", f"{self.base_url}/formgrader", "--", exercise,
            cwd=self.coursedir.root, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
        if process.returncode != 0:
            reason = html.escape(said.decode(errors="replace").strip()[-2000:])
            back = f"{self.base_url}/class"
            self.set_status(500)
            self.finish(PAGE.format(body=f"<p>The page could not be written:</p><pre>{reason}</pre>", back=back))
            return
        self.redirect(f"{self.base_url}/class/files/report/{quote(exercise)}.html")


class Files(BaseHandler):  # type: ignore[misc]
    """The pages themselves, and the feedback and tables that they link to; no script in them runs."""

    @web.authenticated
    @check_xsrf
    def get(self, folder: str, path: str) -> None:
        """Answer."""
        root = (Path(self.coursedir.root) / folder).resolve()
        file = (root / path).resolve()
        if not file.is_relative_to(root) or file.suffix not in SERVED or not file.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", f"{SERVED[file.suffix]}; charset=utf-8")
        self.set_header("Content-Security-Policy", "script-src 'none'; object-src 'none'; frame-ancestors 'self'")
        self.finish(file.read_bytes())


def _load_jupyter_server_extension(app: Any) -> None:
    settings, prefix = app.web_app.settings, app.web_app.settings["base_url"]
    environment = settings["nbgrader_jinja2_env"]
    environment.loader = MenuLoader(environment.loader)
    pages = [
        (r"/class/?", Pages),
        (r"/class/files/(report|feedback|autograded)/(.+)", Files),
        (r"/class/([^/]+)/?", WritePage),
    ]
    app.web_app.add_handlers(".*$", [(url_path_join(prefix, pattern), handler) for pattern, handler in pages])
