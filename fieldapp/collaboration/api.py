"""JSON routes of platssamverkan (api.md, Places): a site's year, the year in figures, measures, good examples."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.collaboration import queries, services
from fieldapp.collaboration import schemas as shapes
from fieldapp.collaboration.summary import year_summary
from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id

blp = Blueprint(
    "collaboration", __name__, url_prefix="/api/v1", description="Platssamverkan, measures and good examples"
)
Json = dict[str, Any]


@blp.route("/collaboration/<int:year>/sites/<site_id>")
@access(*queries.READERS)
@blp.response(200, shapes.CollaborationRecord)
def of_site(year: int, site_id: str) -> Json:
    """A site's collaboration in a year"""
    return queries.collaboration(db.session(), current_actor(), known_id(site_id), year)


@blp.route("/collaboration/<int:year>/sites/<site_id>", methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(shapes.CollaborationSchema)
@blp.response(200, shapes.CollaborationRecord)
@in_write_transaction
def save_of_site(given: Json, year: int, site_id: str) -> Json:
    """Say a site's collaboration in a year, whole, against the version that was read"""
    session, actor, known = db.session(), current_actor(), known_id(site_id)
    version = given.pop("version")
    services.save_collaboration(
        session, actor=actor, site_id=known, year=year, version=version, values=given, now=utc_now()
    )
    return queries.collaboration(session, actor, known, year)


@blp.route("/collaboration/<int:year>/sites/<site_id>/approval", methods=["POST"])
@access(*queries.WRITERS)
@blp.arguments(shapes.VersionSchema)
@blp.response(200, shapes.CollaborationRecord)
@in_write_transaction
def approve_of_site(given: Json, year: int, site_id: str) -> Json:
    """Approve what is said of a site's year, as it was read"""
    session, actor, known = db.session(), current_actor(), known_id(site_id)
    services.approve_collaboration(session, actor=actor, site_id=known, year=year, now=utc_now(), **given)
    return queries.collaboration(session, actor, known, year)


@blp.route("/collaboration/<int:year>/summary")
@access(*queries.READERS)
@blp.arguments(shapes.SummaryQuery, location="query")
@blp.response(200, shapes.YearSummary)
def summary(query: Json, year: int) -> Json:
    """A survey year in figures"""
    return year_summary(db.session(), current_actor(), year, today=local_date(utc_now()), **query)


@blp.route("/measures")
@access(*queries.READERS)
@blp.arguments(shapes.MeasuresQuery, location="query")
@blp.response(200, shapes.MeasurePage)
def measures(query: Json) -> Json:
    """Measures, by id"""
    items, following = queries.measures(
        db.session(),
        current_actor(),
        today=local_date(utc_now()),
        site_id=query.pop("site", None),
        is_overdue=query.pop("overdue", None),
        **query,
    )
    return {"items": items, "next": following}


@blp.route("/measures", methods=["POST"])
@access(*queries.WRITERS)
@blp.arguments(shapes.NewMeasure)
@blp.response(201, shapes.MeasureRecord)
@in_write_transaction
def add_measure(given: Json) -> Json:
    """Note a measure at a site"""
    session, actor, now = db.session(), current_actor(), utc_now()
    site_id, key = given.pop("site_id"), given.pop("id")
    made = services.add_measure(session, actor=actor, site_id=site_id, values=given, now=now, key=key)
    return queries.measure(session, actor, made, local_date(now))


@blp.route("/measures/<measure_id>")
@access(*queries.READERS)
@blp.response(200, shapes.MeasureRecord)
def measure(measure_id: str) -> Json:
    """One measure"""
    return queries.measure(db.session(), current_actor(), known_id(measure_id), local_date(utc_now()))


@blp.route("/measures/<measure_id>", methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(shapes.ChangedMeasure)
@blp.response(200, shapes.MeasureRecord)
@in_write_transaction
def change_measure(given: Json, measure_id: str) -> Json:
    """Change a measure, whole, against the version that was read"""
    session, actor, now, known = db.session(), current_actor(), utc_now(), known_id(measure_id)
    version = given.pop("version")
    services.change_measure(session, actor=actor, measure_id=known, version=version, values=given, now=now)
    return queries.measure(session, actor, known, local_date(now))


@blp.route("/measures/<measure_id>", methods=["DELETE"])
@access(*queries.WRITERS)
@blp.arguments(shapes.VersionQuery, location="query")
@blp.response(204)
@in_write_transaction
def remove_measure(query: Json, measure_id: str) -> None:
    """Take away a measure that was noted by mistake"""
    services.remove_measure(
        db.session(), actor=current_actor(), measure_id=known_id(measure_id), now=utc_now(), **query
    )  # fmt: skip


@blp.route("/measures/<measure_id>/approval", methods=["POST"])
@access(*queries.WRITERS)
@blp.arguments(shapes.VersionSchema)
@blp.response(200, shapes.MeasureRecord)
@in_write_transaction
def approve_measure(given: Json, measure_id: str) -> Json:
    """Approve a measure as it was read"""
    session, actor, known = db.session(), current_actor(), known_id(measure_id)
    services.approve_measure(session, actor=actor, measure_id=known, **given)
    return queries.measure(session, actor, known, local_date(utc_now()))


@blp.route("/examples")
@access(*queries.READERS)
@blp.arguments(shapes.ExamplesQuery, location="query")
@blp.response(200, shapes.ExamplePage)
def examples(query: Json) -> Json:
    """Good examples, newest first"""
    items, following = queries.examples(db.session(), current_actor(), words=query.pop("q", None), **query)
    return {"items": items, "next": following}


@blp.route("/examples", methods=["POST"])
@access(*queries.WRITERS)
@blp.arguments(shapes.NewExample)
@blp.response(201, shapes.ExampleRecord)
@in_write_transaction
def add_example(given: Json) -> Json:
    """Mark a good example"""
    session, actor = db.session(), current_actor()
    site_id, key = given.pop("site_id"), given.pop("id")
    made = services.add_example(session, actor=actor, site_id=site_id, values=given, now=utc_now(), key=key)
    return queries.example(session, actor, made)


@blp.route("/examples/<example_id>")
@access(*queries.READERS)
@blp.response(200, shapes.ExampleRecord)
def example(example_id: str) -> Json:
    """One good example"""
    return queries.example(db.session(), current_actor(), known_id(example_id))


@blp.route("/examples/<example_id>", methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(shapes.ChangedExample)
@blp.response(200, shapes.ExampleRecord)
@in_write_transaction
def change_example(given: Json, example_id: str) -> Json:
    """Change a good example, whole, against the version that was read"""
    session, actor, known = db.session(), current_actor(), known_id(example_id)
    version = given.pop("version")
    services.change_example(session, actor=actor, example_id=known, version=version, values=given, now=utc_now())
    return queries.example(session, actor, known)


@blp.route("/examples/<example_id>", methods=["DELETE"])
@access(*queries.WRITERS)
@blp.arguments(shapes.VersionQuery, location="query")
@blp.response(204)
@in_write_transaction
def remove_example(query: Json, example_id: str) -> None:
    """Take away a good example"""
    services.remove_example(
        db.session(), actor=current_actor(), example_id=known_id(example_id), now=utc_now(), **query
    )  # fmt: skip


@blp.route("/examples/<example_id>/approval", methods=["POST"])
@access(*queries.WRITERS)
@blp.arguments(shapes.VersionSchema)
@blp.response(200, shapes.ExampleRecord)
@in_write_transaction
def approve_example(given: Json, example_id: str) -> Json:
    """Approve a good example as it was read"""
    session, actor, known = db.session(), current_actor(), known_id(example_id)
    services.approve_example(session, actor=actor, example_id=known, **given)
    return queries.example(session, actor, known)
