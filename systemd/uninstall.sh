#!/bin/bash
# Removes what install.sh has installed. State, backups, configuration and credentials stay, unless --purge asks for that.
set -euo pipefail

usage() {
    cat <<'END'
usage: systemd/uninstall.sh [--purge [--yes]]     (as root)

  --purge   remove state, backups, configuration, credentials and the user, too: the journal of all trades is gone
  --yes     do not ask

Open positions stay at the broker, with the stops that stand there.
END
}

PATH=$PATH:/usr/sbin:/sbin # `su` leaves them out
readonly LIB=/usr/local/lib BIN=/usr/local/bin
readonly UNITS=$LIB/systemd/system

say() { printf 'uninstall: %s\n' "$*"; }
fail() {
    printf 'uninstall: %s\n' "$*" >&2
    exit 1
}

purge=no yes=no
for option in "$@"; do
    case $option in
    --purge) purge=yes ;;
    --yes) yes=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
done

[ "$(id -u)" = 0 ] || fail "run it as root: sudo $0"
exec 9>/run/fluxhero-install.lock
flock -n 9 || fail "another install.sh or uninstall.sh is running"
if dpkg-query -W -f='${Status}' fluxhero 2>/dev/null | grep -q ' installed$'; then
    fail "the Debian package fluxhero is installed: apt-get remove fluxhero"
fi
if [ "$purge$yes" = yesno ]; then
    echo 'This removes /var/lib/fluxhero (the journal of all trades), /var/backups/fluxhero, /etc/fluxhero and the credentials.'
    read -r -p 'Type "purge" to go on: ' answer || answer=''
    [ "$answer" = purge ] || fail "nothing was removed"
fi

cd /
units=()
for unit in "$UNITS"/fluxherod*.service "$UNITS"/fluxherod*.timer; do
    [ ! -e "$unit" ] || units+=("$(basename "$unit")")
done
if [ ${#units[@]} -gt 0 ]; then
    if [ -d /run/systemd/system ]; then
        systemctl stop "${units[@]}" || fail "the service does not stop (systemctl status fluxherod); nothing was removed"
    fi
    systemctl --quiet disable fluxherod.service fluxherod-restart.timer fluxherod-backup.timer
    rm -f "${units[@]/#/$UNITS/}"
fi
rm -rf /opt/fluxhero /var/cache/fluxhero
rm -f "$BIN/fluxherod" "$BIN/fluxhero" "$LIB/sysusers.d/fluxhero.conf" "$LIB/tmpfiles.d/fluxhero.conf"

if [ "$purge" = yes ]; then
    rm -rf /var/lib/fluxhero /var/backups/fluxhero /etc/fluxhero /etc/systemd/system/fluxherod*.d
    rm -f /etc/credstore/alpaca.key /etc/credstore/alpaca.secret \
        /etc/credstore.encrypted/alpaca.key /etc/credstore.encrypted/alpaca.secret
    if getent passwd fluxhero >/dev/null; then userdel fluxhero; fi
    if getent group fluxhero >/dev/null; then groupdel fluxhero; fi
    say "FluxHero is removed, with all that it has kept"
else
    say "FluxHero is removed; /var/lib/fluxhero, /var/backups/fluxhero, /etc/fluxhero and the credentials stay (--purge)"
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl reset-failed 'fluxherod*' 2>/dev/null || true
fi
say "open positions are at the broker as before, with the stops that stand there"
