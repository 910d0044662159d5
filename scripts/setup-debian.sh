#!/usr/bin/env bash
# Sets up a Debian or Ubuntu machine for Contractor, as root. May be run again at any time: it changes only what is missing,
# and never a settings file that is there. See docs/operating.md.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: setup-debian.sh [OPTION…]

  --package FILE     the package to install (contractor-….tgz); without it the one that is installed stays
  --server           set up the server (what is done unless said otherwise)
  --subcontractor    set up a subcontractor
  --bind             install BIND, and make it serve the zones of the server
  --nats             install nats-server, and have it let in the subcontractors of this server
  --postgresql       install PostgreSQL, and make a database for the server (else it brings its own)
  --no-start         enable and start nothing
  --help             say this
TEXT
}

package='' server='' subcontractor='' bind='' nats='' postgresql='' start=yes
while [ $# -gt 0 ]; do
  case $1 in
    --package)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      package=$2
      shift
      ;;
    --server) server=yes ;;
    --subcontractor) subcontractor=yes ;;
    --bind) bind=yes ;;
    --nats) nats=yes ;;
    --postgresql) postgresql=yes ;;
    --no-start) start='' ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      echo "setup-debian.sh: there is no $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
[ -n "$server$subcontractor" ] || server=yes
[ -z "$bind$postgresql" ] || server=yes

fail() {
  echo "setup-debian.sh: $*" >&2
  exit 1
}
say() { echo "$*"; }

[ -z "$nats" ] || [ -n "$server" ] || fail '--nats is for the machine of the server'
[ "$(id -u)" -eq 0 ] || fail 'has to be run as root'
command -v apt-get >/dev/null || fail 'is for Debian and Ubuntu, which have apt-get'
PATH="$PATH:/usr/sbin:/sbin"

etc=/etc/contractor
units=/etc/systemd/system

# --- Node.js ----------------------------------------------------------------------------------------------------------

command -v node >/dev/null || fail 'Node.js is not installed: install Node.js 24 (24.15.0 or newer) with npm'
command -v npm >/dev/null || fail 'npm is not installed; it comes with Node.js'
node -e '
  const [major, minor, patch] = process.versions.node.split(".").map(Number);
  const least = { 22: [22, 3], 24: [15, 0] }[major] ?? (major >= 26 ? [0, 0] : undefined);
  const fits = least && (minor > least[0] || (minor === least[0] && patch >= least[1]));
  process.exit(fits ? 0 : 1);
' || say "Node.js $(node --version) is not supported, though it may do: use 22 (22.22.3 or newer), 24 (24.15.0 or newer) or 26"

# --- Debian packages --------------------------------------------------------------------------------------------------

wanted=()
need() { # program, package
  command -v "$1" >/dev/null || wanted+=("$2")
}
if [ -n "$server" ]; then need named-checkzone bind9-utils; fi
if [ -n "$subcontractor" ]; then need ping iputils-ping; fi
if [ -n "$bind" ]; then need named bind9; fi
if [ -n "$nats" ]; then need nats-server nats-server; fi
if [ -n "$postgresql" ]; then need pg_ctlcluster postgresql; fi
if [ ${#wanted[@]} -gt 0 ]; then
  say "installing ${wanted[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
fi

# --- Contractor -------------------------------------------------------------------------------------------------------

if [ -n "$package" ]; then
  [ -f "$package" ] || fail "there is no file $package"
  case $package in /*) ;; *) package=$PWD/$package ;; esac
  say "installing $(basename "$package")"
  npm install --global --prefix /usr --omit=dev --no-audit --no-fund --loglevel=error "$package" >/dev/null
fi
[ -x /usr/bin/contractor ] || fail 'contractor is not installed: --package FILE'
here=/usr/lib/node_modules/contractor/scripts/systemd
[ -d "$here" ] || fail "$here is not there: this needs a package that has the units"

account() { # name, home
  getent passwd "$1" >/dev/null && return
  say "making the account $1"
  useradd --system --user-group --home-dir "$2" --no-create-home --shell /usr/sbin/nologin "$1"
}
unit() { # name
  if ! cmp --silent "$here/$1" "$units/$1"; then
    say "writing $units/$1"
    install -m 0644 "$here/$1" "$units/$1"
  fi
}
settings() { # file, group; the text comes from standard input
  if [ -e "$1" ]; then
    cat >/dev/null
    return
  fi
  say "writing $1"
  install -m 0640 -o root -g "$2" /dev/null "$1"
  cat >"$1"
}
setting() { # file, name, value: adds one that is not there
  grep -q "^$2=" "$1" && return
  say "setting $2 in $1"
  # The last line of a file that somebody wrote may have no end.
  [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"
  printf '%s=%s\n' "$2" "$3" >>"$1"
}

install -d -m 0755 "$etc"
if [ -n "$server" ]; then
  account contractor /var/lib/contractor
  install -d -m 0711 -o contractor -g contractor /var/lib/contractor
  settings "$etc/contractor.env" contractor <<'TEXT'
# Settings of the server, a line NAME=value each. docs/operating.md and README.md tell what there is.
CONTRACTOR_HOST=127.0.0.1
CONTRACTOR_PORT=8080
# CONTRACTOR_URL=https://contractor.example
# CONTRACTOR_TLS_CERT=/etc/contractor/server.pem
# CONTRACTOR_TLS_KEY=/etc/contractor/server.key
TEXT
  unit contractor.service
fi
if [ -n "$subcontractor" ]; then
  account subcontractor /var/lib/subcontractor
  settings "$etc/subcontractor.env" subcontractor <<'TEXT'
# Settings of the subcontractor, a line NAME=value each. docs/subcontractor.md tells what there is.
# SUBCONTRACTOR_SITE=site1
# SUBCONTRACTOR_TOKEN=…          contractor service add NAME --site site1 --module '*'
# NATS_URL=nats://127.0.0.1:4222
# or, polling: SUBCONTRACTOR_SERVER=https://contractor.example
TEXT
  unit subcontractor.service
fi

# --- What stands beside it --------------------------------------------------------------------------------------------

if [ -n "$postgresql" ] && ! grep -q '^DATABASE_URL=' "$etc/contractor.env"; then
  say 'making the database contractor'
  password=$(node -p 'crypto.randomBytes(24).toString("hex")')
  as_postgres() { runuser -u postgres -- psql --quiet --no-psqlrc --tuples-only --no-align "$@"; }
  if [ -z "$(as_postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'contractor'")" ]; then
    as_postgres -c 'CREATE ROLE contractor LOGIN'
  fi
  # By standard input: arguments can be seen by everybody.
  echo "ALTER ROLE contractor PASSWORD '$password'" | as_postgres
  if [ -z "$(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = 'contractor'")" ]; then
    as_postgres -c "CREATE DATABASE contractor OWNER contractor TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
  fi
  setting "$etc/contractor.env" DATABASE_URL "postgres://contractor:$password@127.0.0.1:5432/contractor"
fi

if [ -n "$bind" ]; then
  contractor dns bind-setup --user contractor
  setting "$etc/contractor.env" BIND_ZONE_DIRECTORY /etc/bind/contractor
  setting "$etc/contractor.env" BIND_SERVER 127.0.0.1
  setting "$etc/contractor.env" BIND_RNDC_KEY /etc/bind/rndc.key
fi

if [ -n "$nats" ]; then
  getent group nats >/dev/null || fail 'nats-server has made no group nats'
  # The server writes who is let in; NATS reads it.
  install -d -m 2750 -o contractor -g nats /var/lib/contractor-nats
  setting "$etc/contractor.env" NATS_URL nats://127.0.0.1:4222
  setting "$etc/contractor.env" CONTRACTOR_NATS_CONFIG /var/lib/contractor-nats/contractor.conf
  if [ ! -e /var/lib/contractor-nats/contractor.conf ]; then
    # Nobody is let in before the server has said who.
    install -m 0640 -o contractor -g nats /dev/null /var/lib/contractor-nats/contractor.conf
  fi
  install -d -m 0755 "$units/contractor.service.d"
  if [ ! -e "$units/contractor.service.d/nats.conf" ]; then
    printf '[Service]\nReadWritePaths=/var/lib/contractor-nats\n' >"$units/contractor.service.d/nats.conf"
  fi
  if ! grep -qs contractor-nats /etc/nats-server.conf; then
    say 'writing /etc/nats-server.conf'
    [ ! -e /etc/nats-server.conf ] || cp --no-clobber /etc/nats-server.conf /etc/nats-server.conf.before-contractor
    cat >/etc/nats-server.conf <<'TEXT'
listen: 127.0.0.1:4222
jetstream: { store_dir: "/var/lib/nats" }
include "../var/lib/contractor-nats/contractor.conf"
TEXT
  fi
fi

# --- Starting ---------------------------------------------------------------------------------------------------------

if [ -n "$start" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  if [ -n "$server" ]; then systemctl enable --now --quiet contractor.service; fi
  if [ -n "$subcontractor" ] && grep -q '^SUBCONTRACTOR_SITE=' "$etc/subcontractor.env"; then
    systemctl enable --now --quiet subcontractor.service
  fi
fi

if [ -n "$server" ]; then
  say "the server: settings in $etc/contractor.env, data in /var/lib/contractor, log with: journalctl -u contractor"
  say 'the password of root is in the first lines of that log, unless CONTRACTOR_ADMIN_PASSWORD was set before the first start'
fi
if [ -n "$subcontractor" ]; then
  say "the subcontractor: settings in $etc/subcontractor.env; then: systemctl enable --now subcontractor"
fi
