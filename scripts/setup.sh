#!/usr/bin/env bash
# Install everything by lock file; safe to repeat. "run": what serving needs. "test": Chromium, PostgreSQL and the
# programs that read exports too.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}

say() { printf '%s\n' "$*" >&2; }

install_debian() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installerar $* …"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  else
    say "Saknas: $*. Installera med systemets paketverktyg (Debian: apt-get install $*) och kör igen."
    exit 1
  fi
}

has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep "$1" >/dev/null; }

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; then
  say "Python 3.11 eller nyare behövs (hittade: $("$python" --version 2>&1 || echo inget))."
  exit 1
fi

export PATH="$PWD/.venv/bin:$PATH"
[ -x .venv/bin/python ] || "$python" -m venv .venv 2>/dev/null || { install_debian python3-venv; "$python" -m venv .venv; }

python_packages() {
  local stamp=.venv/.requirements.sha256 wanted
  wanted=$(cat requirements.lock pyproject.toml | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
  say "Installerar Python-paket …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock 2> >(grep -v '^WARNING: Location' >&2)
  echo "$wanted" > "$stamp"
}

node_is_new() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)'; }

client_packages() {
  local stamp=static/node_modules/.package-lock.sha256 wanted
  wanted=$(sha256sum < static/package-lock.json)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
  say "Installerar klientens paket …"
  (cd static && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
  echo "$wanted" > "$stamp"
}

# Both at once where Node is there already; where it comes from a Python package, one after the other.
if node_is_new; then
  client_packages & client=$!
  python_packages
  wait "$client"
else
  python_packages
  say "Installerar Node …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/node.lock
  client_packages
fi

stamp=static/dist/.sources.sha256
wanted=$(find static/app static/map static/walk static/icons static/*.ts static/*.html static/*.css static/*.json static/*.webmanifest -type f 2>/dev/null \
  | LC_ALL=C sort | xargs sha256sum | sha256sum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  say "Bygger klienten …"
  (cd static && npm run --silent build >/dev/null)
  echo "$wanted" > "$stamp"
fi

# PDF needs Pango. Without it all else runs: whoever asks for a PDF is told what lacks.
pango=()
has_library 'libpango-1\.0\.so' || pango+=(libpango-1.0-0)
has_library 'libpangoft2-1\.0\.so' || pango+=(libpangoft2-1.0-0)
has_library 'libharfbuzz-subset\.so' || pango+=(libharfbuzz-subset0)
if [ ${#pango[@]} != 0 ]; then
  if [ "$what" = test ] || { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }; then
    install_debian "${pango[@]}"
  else
    say "PDF kan inte skapas förrän dessa paket är installerade (Debian: apt-get install ${pango[*]})."
  fi
fi

if [ "$what" = test ]; then
  missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
  # Those who read exports as their readers do: a spreadsheet, a map, a PDF.
  command -v soffice >/dev/null || missing+=(libreoffice-calc)
  command -v ogrinfo >/dev/null || missing+=(gdal-bin)
  command -v pdfinfo >/dev/null || missing+=(poppler-utils)
  [ ${#missing[@]} = 0 ] || install_debian "${missing[@]}"
fi
