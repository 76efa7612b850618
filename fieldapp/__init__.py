"""Fältlogg's server. `create_app` reads like a table of contents: settings, extensions, errors, packages, commands."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel

from fieldapp.accounts import api as accounts_api
from fieldapp.accounts import pages as accounts_pages
from fieldapp.accounts.queries import person_of
from fieldapp.accounts.seal import open_mutation
from fieldapp.accounts.sessions import require_live_session
from fieldapp.accounts.signin import init_signin
from fieldapp.accounts.sync import People, Teams
from fieldapp.audit.refusals import note_refusal
from fieldapp.briefings.sync import COLLECTIONS as BRIEFINGS
from fieldapp.cli import init_cli
from fieldapp.collaboration import api as collaboration_api
from fieldapp.collaboration import example_pages, measure_pages, proposal_api, proposal_pages, school_api, school_pages
from fieldapp.collaboration import pages as collaboration_pages
from fieldapp.collaboration.schools import told_of_mapping
from fieldapp.collaboration.site_panel import collaboration_panel, school_panel
from fieldapp.config import Settings
from fieldapp.core.access import check_routes, open_route
from fieldapp.core.catalogue import LOCALES, best_locale, text
from fieldapp.core.database import init_database
from fieldapp.core.documented import DocumentedApi
from fieldapp.core.http import csrf_token_for, init_http
from fieldapp.core.jsonio import OrjsonProvider
from fieldapp.core.log import init_log
from fieldapp.core.operation import operation
from fieldapp.core.panels import panels_of
from fieldapp.core.ports import provide
from fieldapp.core.problems import init_problems
from fieldapp.exports import api as exports_api
from fieldapp.exports import pages as exports_pages
from fieldapp.exports import yearly_api
from fieldapp.exports.starting import start_maker
from fieldapp.followup import pages as followup_pages
from fieldapp.outreach import api as outreach_api
from fieldapp.outreach import new_place_pages
from fieldapp.outreach import pages as outreach_pages
from fieldapp.outreach.field_map import field_on_map
from fieldapp.outreach.queries import co_participants, visits_28d
from fieldapp.outreach.site_panels import new_places_panel, visits_panel
from fieldapp.outreach.sync import COLLECTIONS as OUTREACH
from fieldapp.places import api as places_api
from fieldapp.places import basemap_api, import_pages, map_pages, site_pages, site_year_pages
from fieldapp.places import pages as places_pages
from fieldapp.places.basemap import init_basemap
from fieldapp.places.facts import district_codes
from fieldapp.places.sync import COLLECTIONS as PLACES
from fieldapp.plans import pages as plans_pages
from fieldapp.plans.sync import COLLECTIONS as PLANS
from fieldapp.pwa.pages import pages as pwa
from fieldapp.pwa.pages import static_file
from fieldapp.reinforcements import pages as reinforcements_pages
from fieldapp.review import api as review_api
from fieldapp.review import audit_api, audit_pages, marks
from fieldapp.review import mend_pages as review_pages
from fieldapp.review.deliveries import note_held
from fieldapp.review.queries import comments_of, reviews_of
from fieldapp.review.services import forget_reviews, notes_on, show_notes_again
from fieldapp.review.sync import COLLECTIONS as REVIEW
from fieldapp.staffing import api as staffing_api
from fieldapp.staffing import pages as staffing_pages
from fieldapp.summaries import api as summaries_api
from fieldapp.summaries import (
    before_after_pages,
    brief_pages,
    frozen_api,
    frozen_pages,
    mapping_material_api,
    mapping_material_pages,
    overview_api,
    overview_pages,
    report_pages,
    situation_picture_api,
    situation_picture_pages,
)
from fieldapp.summaries import pages as summaries_pages
from fieldapp.summaries.keeping import count_again
from fieldapp.summaries.site_panel import pictures_panel
from fieldapp.summaries.standing import stands_on
from fieldapp.summaries.wording import secrecy_words
from fieldapp.sync import api as sync_api
from fieldapp.sync.collection import Registry
from fieldapp.sync.conflicts import Conflicts
from fieldapp.sync.kept import HeldMutations, LateMutations, Rejections
from fieldapp.walks import api as walks_api
from fieldapp.walks import group_page as walk_group_page
from fieldapp.walks import group_pages as walk_group_pages
from fieldapp.walks.sync import COLLECTIONS as WALKS

HOUSE = Path(__file__).resolve().parent.parent
YEAR = timedelta(days=365)


def create_app(settings: Settings | None = None, *, serves: bool = False) -> Flask:
    """Build the app from settings, by default those of the environment. Raises `WeakSetting`.

    One that `serves` refuses a basemap that can't lie under the map; commands do without.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None, template_folder=str(HOUSE / "templates"))
    app.json = OrjsonProvider(app)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        CLIENT_DIR=HOUSE / "static",
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        BABEL_DEFAULT_LOCALE="sv",
        BABEL_DEFAULT_TIMEZONE="Europe/Stockholm",
        API_TITLE="Fältlogg",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    init_log(app)
    init_database(app)
    Babel(app, locale_selector=best_locale)
    api = DocumentedApi(app)
    init_signin(app)
    init_http(app)
    init_problems(app)
    init_basemap(app, settings.basemap, must_fit=serves)
    for blueprint in (
        accounts_api.blp,
        sync_api.blp,
        places_api.blp,
        basemap_api.blp,
        outreach_api.blp,
        review_api.blp,
        audit_api.blp,
        walks_api.blp,
        collaboration_api.blp,
        school_api.blp,
        proposal_api.blp,
        mapping_material_api.blp,
        situation_picture_api.blp,
        overview_api.blp,
        yearly_api.blp,
        staffing_api.blp,
        summaries_api.blp,
        exports_api.blp,
        frozen_api.blp,
    ):
        api.register_blueprint(blueprint)
    for pages in (
        accounts_pages.pages,
        outreach_pages.pages,
        new_place_pages.pages,
        plans_pages.pages,
        walk_group_pages.pages,
        walk_group_page.pages,
        walks_api.feeds,
        staffing_pages.pages,
        summaries_pages.pages,
        reinforcements_pages.pages,
        frozen_pages.pages,
        report_pages.pages,
        before_after_pages.pages,
        brief_pages.pages,
        exports_pages.pages,
        places_pages.pages,
        map_pages.pages,
        collaboration_pages.pages,
        overview_pages.pages,
        measure_pages.pages,
        school_pages.pages,
        proposal_pages.pages,
        mapping_material_pages.pages,
        situation_picture_pages.pages,
        example_pages.pages,
        import_pages.pages,
        site_pages.pages,
        site_year_pages.pages,
        review_pages.pages,
        followup_pages.pages,
        audit_pages.pages,
        operation,
        pwa,
    ):
        app.register_blueprint(pages)
    app.extensions["fieldapp.registry"] = registry()
    provide(app, "still_signed_in", require_live_session)
    provide(app, "refused", note_refusal)
    provide(app, "person", person_of)
    provide(app, "unseal", open_mutation)
    provide(app, "co_participants", co_participants)
    provide(app, "visits_28d", visits_28d)
    provide(app, "field_on_map", field_on_map)
    provide(app, "review_comments", comments_of)
    provide(app, "shift_reviews", reviews_of)
    provide(app, "device_holds", note_held)
    provide(app, "shift_notes", notes_on)
    provide(app, "forget_reviews", forget_reviews)
    provide(app, "show_shift_notes_again", show_notes_again)
    provide(app, "mark_shifts", marks.mark)
    provide(app, "clear_marks", marks.clear)
    provide(app, "count_again", count_again)
    provide(app, "district_codes", district_codes)
    provide(app, "start_maker", start_maker)
    provide(app, "stands_on", stands_on)
    provide(app, "told_of_mapping", told_of_mapping)
    provide(
        app, "site_panels", panels_of(visits_panel, new_places_panel, collaboration_panel, school_panel, pictures_panel)
    )
    app.jinja_env.globals.update(
        t=text,
        locale=best_locale,
        locales=LOCALES,
        request=request,
        csrf_token=csrf_token,
        secrecy=lambda: secrecy_words(app.config["SETTINGS"].secrecy_mark),
    )
    app.add_url_rule("/static/<path:filename>", "static", static_file)
    open_route(app, "api-docs.openapi_json")
    init_cli(app)
    check_routes(app)
    return app


def csrf_token() -> str:
    """Return the token that forms of the present session carry."""
    return csrf_token_for(g.session_token)


def registry() -> Registry:
    """Return every collection that travels, parents before children."""
    return Registry(
        (
            *PLACES,
            Teams(),
            People(),
            *BRIEFINGS,
            *OUTREACH,
            *PLANS,
            *WALKS,
            *REVIEW,
            HeldMutations(),
            LateMutations(),
            Rejections(),
            Conflicts(),
        )
    )
