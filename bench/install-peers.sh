#!/bin/sh
# Installs what the benches measure Manifold beside: Debian's packages, and npm's in bench/peers/node_modules.
# Nothing of it is among the project's dependencies; a bench leaves out what is not there, and says so.
set -eu
cd "$(dirname "$0")"

if command -v apt-get >/dev/null; then
  SUDO=""
  [ "$(id -u)" = 0 ] || SUDO=sudo
  $SUDO apt-get update
  # RUNLEVEL=1 keeps Debian from starting nginx as a service.
  $SUDO env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    nginx libnginx-mod-http-lua lua-cjson libnginx-mod-nchan python3-aiohttp tinyproxy-bin squid curl aria2 redis-server \
    python3-scrapy python3-celery python3-redis wget
else
  echo "No apt-get here: nginx, aiohttp, tinyproxy, squid, aria2, Redis, Scrapy, Celery and wget are left out" >&2
fi

npm ci --prefix peers --no-fund --no-audit
