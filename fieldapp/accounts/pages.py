"""The office's sign-in page: works without JavaScript."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.accounts import sessions, signin
from fieldapp.core.access import PUBLIC, SIGNED_IN, access, current_actor
from fieldapp.core.catalogue import text
from fieldapp.core.database import db
from fieldapp.core.errors import DomainError
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import new_id, readable_id

pages = Blueprint("accounts_pages", __name__, url_prefix="/office")
DEVICE_COOKIE = "faltlogg_device"
YEAR_S = 365 * 24 * 3600


@pages.get("/sign-in")
@access(PUBLIC)
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form."""
    return render_template("accounts/sign_in.html", next=_safe_next(request.args.get("next")), fault=None, email="")


@pages.post("/sign-in")
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in and go where one was going."""
    email = request.form.get("email", "").replace("\x00", "")[:200]
    target = _safe_next(request.form.get("next"))
    device_id = readable_id(request.cookies.get(DEVICE_COOKIE)) or new_id()
    try:
        try:
            opened = _open(email, device_id)
        except sessions.DeviceOfAnother:
            # A shared desk: the browser was a colleague's; this person gets a device of their own.
            device_id = new_id()
            opened = _open(email, device_id)
    except DomainError as error:
        page = render_template("accounts/sign_in.html", next=target, fault=text(f"error.{error.slug}"), email=email)
        return page, error.status, error.headers
    response = make_response(redirect(target))
    signin.set_cookie(response, opened.session)
    response.set_cookie(
        DEVICE_COOKIE,
        device_id,
        max_age=YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure_cookies,
        path="/office",
    )
    return response


@pages.post("/sign-out")
@access(SIGNED_IN)
@in_write_transaction
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    sessions.end_session(db.session(), actor=current_actor())
    response = make_response(redirect(url_for("accounts_pages.sign_in_page")))
    signin.drop_cookie(response)
    return response


def _open(email: str, device_id: str) -> signin.SignedIn:
    password = request.form.get("password", "")[:256]
    return signin.sign_in(email, password, device_id, text("office.browser_name"), on_phone=False)


def _safe_next(target: str | None) -> str:
    """Only a path of the office itself: no other host, no protocol-relative address (X22)."""
    if target and target.startswith("/office/") and "\\" not in target and not any(c < " " for c in target):
        return target
    return "/office/"
