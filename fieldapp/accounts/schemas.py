"""Shapes of the session calls (api.md, Session)."""

from marshmallow import fields

from fieldapp.core.schema import IdField, StrictSchema, Text


class SignInSchema(StrictSchema):
    """What signing in takes."""

    email = Text(required=True, guarded=False)
    password = Text(limit=256, required=True, guarded=False)
    device_id = IdField(required=True)
    device_name = Text(load_default="", guarded=False)


class UserSchema(StrictSchema):
    """Who signed in."""

    id = fields.String()
    name = fields.String()
    email = fields.String()


class GrantSchema(StrictSchema):
    """A role in force."""

    role = fields.String()
    district = fields.String(allow_none=True)
    team_id = fields.String(allow_none=True)
    valid_until = fields.String(allow_none=True)


class SealSchema(StrictSchema):
    """Keys for saving the queue to a file (CL11)."""

    key_id = fields.String()
    public_key = fields.String()
    device_secret = fields.String()


class SessionSchema(StrictSchema):
    """The session answer."""

    user = fields.Nested(UserSchema)
    grants = fields.List(fields.Nested(GrantSchema))
    device_id = fields.String(allow_none=True)
    csrf_token = fields.String()
    expires_at = fields.String()
    seal = fields.Nested(SealSchema)
    school_radius_m = fields.Integer(metadata={"description": "within which distance a place is school-near"})
    incident_report_url = fields.String(metadata={"format": "uri"})
