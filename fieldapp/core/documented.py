"""The API and its document, which is written when somebody first asks for it: no worker that starts waits for it."""

from threading import RLock
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import BadRequest


class DocumentedApi(Api):
    """JSON routes as flask-smorest has them; `spec` is complete whenever it is read."""

    def __init__(self, app: Flask) -> None:
        self._unwritten: list[Blueprint] = []
        self._writing = RLock()
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Serve a blueprint's routes."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._unwritten.append(blp)

    @property
    def spec(self) -> Any:
        """The document, with every route that is served by now."""
        with self._writing:
            while self._unwritten:
                blp = self._unwritten.pop(0)
                blp.register_views_in_doc(self, self._app, self._spec, name=blp.name, parameters=None)
                self._spec.tag({"name": blp.name, "description": blp.description})
        return self._spec

    @spec.setter
    def spec(self, made: Any) -> None:
        self._spec = made


@Blueprint.ARGUMENTS_PARSER.location_loader("json")
def read_json(request: Any, schema: Any) -> Any:
    """Read the body of any JSON route; a number too long for Python to read is malformed (400), as other bad JSON."""
    try:
        return Blueprint.ARGUMENTS_PARSER.load_json(request, schema)
    except ValueError as error:  # of an integer of more than 4,300 digits, which is no JSONDecodeError
        raise BadRequest from error
