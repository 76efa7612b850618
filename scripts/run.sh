#!/usr/bin/env bash
# Serve the demo on loopback: migrate, fill an empty database with invented data, start gunicorn.
set -euo pipefail
cd "$(dirname "$0")/.."
export FIELDAPP_ENV=${FIELDAPP_ENV:-demo}
port=${PORT:-8000}
.venv/bin/python -m flask --app wsgi db upgrade >/dev/null
[ "$FIELDAPP_ENV" != demo ] || .venv/bin/python -m flask --app wsgi demo seed
echo "Fältlogg: http://localhost:$port (fältappen) och http://localhost:$port/office/ (kontoret)"
exec .venv/bin/gunicorn wsgi:app --bind "127.0.0.1:$port" --worker-class gthread --workers 2 --threads 4 \
  --timeout 60 --graceful-timeout 30 --no-control-socket --access-logfile /dev/null
