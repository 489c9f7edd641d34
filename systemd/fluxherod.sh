#!/bin/sh
# fluxherod with the service's folders and, for root, as its user: `fluxherod token list`, `fluxherod verify`. Anybody
# else runs it as himself.
set -eu
program=/opt/fluxhero/venv/bin/fluxherod
case $(id -un) in
root) set -- runuser -u fluxhero -- "$program" "$@" ;;
fluxhero) set -- "$program" "$@" ;;
*) exec "$program" "$@" ;;
esac
exec env HOME=/var/lib/fluxhero STATE_DIRECTORY=/var/lib/fluxhero CACHE_DIRECTORY=/var/cache/fluxhero \
    CONFIGURATION_DIRECTORY=/etc/fluxhero RUNTIME_DIRECTORY=/run/fluxhero \
    NUMBA_CACHE_DIR=/var/cache/fluxhero/numba PYTHONDONTWRITEBYTECODE=1 "$@"
