"""The field app at `/` and `/app/*`, `/sw.js`, `/walk/sw.js` and `/manifest.webmanifest` from the root (trap 9)."""

from flask import Blueprint, Response, abort, current_app, send_from_directory

from fieldapp.core.access import PUBLIC, access

pages = Blueprint("pwa", __name__)


# What of static/ leaves the server; sources and installed packages never do.
SERVED = ("dist/", "office/", "icons/", "tokens.css")


def static_file(filename: str) -> Response:
    """Serve a built asset or what an office page brings along. Built names carry a hash and may be kept for ever."""
    if not filename.startswith(SERVED):
        abort(404)
    response = send_from_directory(current_app.config["CLIENT_DIR"], filename)
    if not filename.startswith("dist/assets/"):
        response.headers["Cache-Control"] = "no-cache"
    return response


access(PUBLIC)(static_file)


def _fresh(name: str, mimetype: str) -> Response:
    """Send a built file that browsers must ask for again each time."""
    response = send_from_directory(current_app.config["CLIENT_DIR"] / "dist", name, mimetype=mimetype, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/")
@pages.get("/app/")
@pages.get("/app/<path:_path>")
@access(PUBLIC)
def shell(_path: str = "") -> Response:
    """Serve the shell, the same for everyone."""
    return _fresh("index.html", "text/html")


@pages.get("/sw.js")
@access(PUBLIC)
def service_worker() -> Response:
    """Serve the service worker from the root, so that it may cover `/` and `/app/*`."""
    return _fresh("sw.js", "text/javascript")


@pages.get("/walk/sw.js")
@access(PUBLIC)
def walk_service_worker() -> Response:
    """Serve the service worker of the walk groups' own pages, so that it covers `/walk/*` alone."""
    return _fresh("walk-sw.js", "text/javascript")


@pages.get("/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> Response:
    """Serve the manifest."""
    return _fresh("manifest.webmanifest", "application/manifest+json")
