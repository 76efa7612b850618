"""Structured logs: one JSON line a request, with codes, ids and durations – never a body, a query or a value."""

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request


def _without_values(_logger: Any, _method: str, event: Any) -> Any:
    """Keep the frames of an exception, drop its message: database errors quote the values they choked on (PU13)."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if error:
        frames = []
        trace = error[2]
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["frames"] = frames[-12:]
    return event


def _resolve_exc_info(_logger: Any, method: str, event: Any) -> Any:
    if event.get("exc_info") is True or (method == "exception" and "exc_info" not in event):
        event["exc_info"] = sys.exc_info()
    return event


def init_log(app: Flask) -> None:
    """Configure structlog and write a line per request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _resolve_exc_info,
            _without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger()

    @app.before_request
    def start() -> None:
        g.started = time.monotonic()

    @app.after_request
    def write(response: Response) -> Response:
        log.info(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            ms=round((time.monotonic() - g.get("started", time.monotonic())) * 1000),
        )
        return response
