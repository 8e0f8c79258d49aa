"""The pages that ship with the server: GraphiQL, built from web/, and what stands in its place until then."""

import json
import os
import re
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

GRAPHIQL = Path(__file__).with_name("static") / "graphiql"
"""Where `npm run build` in web/ leaves the page."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Monaco writes styles into the page
        "img-src 'self' data:",
        "font-src 'self' data:",
        "worker-src 'self'",
        "connect-src 'self'",  # its own WebSocket included
        "form-action 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""The Content-Security-Policy of every page: nothing is loaded from, or sent to, any other origin."""

_CONFIG = re.compile(r'(<script type="application/json" id="ide-config">).*?(</script>)', re.DOTALL)
_GUARDS = {"content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}

_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caseline</title>
<link rel="icon" href="data:,">
<style>
body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; color: #1d2733 }
pre { background: #eef2f6; padding: .8rem 1rem; border-radius: .4rem; overflow-x: auto }
</style>
</head>
<body>
<h1>The server is running; this page is not built yet</h1>
<p>Here you would write queries in GraphiQL. It is built once, with Node.js 20.19 or newer and its npm,
in the folder of the source:</p>
<pre>cd web &amp;&amp; npm ci &amp;&amp; npm run build</pre>
<p>Then load this page again; the server need not be restarted.
A Caseline that was installed from a wheel has the page in it.</p>
<p>Programs are not concerned: they send their operations by POST to this same address.</p>
</body>
</html>
"""


def graphiql_page(*, path: str = "/graphql") -> Response:
    """The GraphiQL page, told where the GraphQL API is; how to build it, where that was not done."""
    try:
        page = (GRAPHIQL / "index.html").read_text("utf-8")
    except FileNotFoundError:
        page = _NOT_BUILT
    config = json.dumps({"url": path}).replace("<", "\\u003c")
    page = _CONFIG.sub(lambda found: found[1] + config + found[2], page)
    return HTMLResponse(page, headers={**_GUARDS, "cache-control": "no-cache"})


def static_routes() -> list[BaseRoute]:
    """The files that the pages load."""
    return [Mount("/static/graphiql", _BuiltFiles(directory=GRAPHIQL, check_dir=False), name="graphiql")]


class _BuiltFiles(StaticFiles):
    """Built files: those with a digest in their name are kept by the browser for good."""

    async def check_config(self) -> None:
        """Let the folder be missing, as it may be built while the server runs; its files are 404 until then."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = Path(full_path).parent.name == "assets"
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers.update(_GUARDS)
        return response
