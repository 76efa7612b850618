"""The protocol's shapes for the OpenAPI document. `envelope.py` is what really reads: it must answer each mutation."""

from marshmallow import Schema, fields


class MutationSchema(Schema):
    """One change of one record, made on one device."""

    id = fields.UUID(required=True)
    device_seq = fields.Integer(required=True)
    collection = fields.String(required=True)
    record_id = fields.UUID(required=True)
    op = fields.String(required=True, metadata={"enum": ["create", "update", "delete"]})
    base_version = fields.Integer(required=True)
    fields_ = fields.Dict(data_key="fields", required=True)
    made_at = fields.DateTime(required=True)
    replaces = fields.UUID(allow_none=True)


class SyncRequestSchema(Schema):
    """What a phone sends."""

    protocol = fields.Integer(required=True, metadata={"enum": [1]})
    mutations = fields.List(fields.Nested(MutationSchema), required=True)
    app_build = fields.String(allow_none=True)
    epoch = fields.String(allow_none=True)
    cursor = fields.String(allow_none=True)
    limit = fields.Integer(allow_none=True)
    sent_at = fields.DateTime(allow_none=True)
    queue = fields.Dict(allow_none=True)
    opened = fields.List(fields.UUID(), allow_none=True)


class ReceiptSchema(Schema):
    """The first answer to a mutation."""

    mutation_id = fields.UUID()
    status = fields.String(
        metadata={"enum": ["applied", "merged", "conflict", "held", "late", "rejected"]},
    )
    replayed = fields.Boolean()
    version = fields.Integer(allow_none=True)
    error = fields.Dict(allow_none=True)
    conflict_id = fields.UUID(allow_none=True)


class ChangeSchema(Schema):
    """The newest state of a record."""

    collection = fields.String()
    record_id = fields.UUID()
    version = fields.Integer()
    deleted = fields.Boolean()
    reason = fields.String(allow_none=True)
    record = fields.Dict(allow_none=True)


class SyncAnswerSchema(Schema):
    """What a phone gets."""

    protocol = fields.Integer()
    epoch = fields.String()
    server_time = fields.DateTime()
    min_build = fields.String()
    reset = fields.Boolean()
    receipts = fields.List(fields.Nested(ReceiptSchema))
    changes = fields.List(fields.Nested(ChangeSchema))
    cursor = fields.String()
    more = fields.Boolean()
