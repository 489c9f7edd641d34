#!/bin/bash
# Installs FluxHero as a systemd service, or upgrades it, from the checkout that this file is in. Run again it changes
# nothing. docs/operations.md tells what it does and why.
set -euo pipefail
umask 022

usage() {
    cat <<'END'
usage: systemd/install.sh [OPTIONS]     (as root)

  --wheelhouse DIR         install without a network, from the files in DIR:
                           pip download -d DIR --require-hashes -r systemd/requirements.lock
  --credentials            ask for the Alpaca key id and secret (or read them as two lines) and keep them
                           in /etc/credstore, for root alone
  --credentials=encrypted  the same, encrypted for this machine, in /etc/credstore.encrypted
  --no-start               neither start nor restart the service
  --watch SECONDS          how long a new version must stay up before it counts as healthy (default: 10)
  --python FILE            the interpreter, 3.11 or newer (default: the system's)

exit codes: 0 installed (what is missing before it can start is said), 1 not installed, or upgraded and rolled back,
2 wrong usage
END
}

readonly ROOT=/opt/fluxhero STATE=/var/lib/fluxhero CACHE=/var/cache/fluxhero CONFIG=/etc/fluxhero/fluxhero.toml
readonly LIB=/usr/local/lib BIN=/usr/local/bin BACKUPS=/var/backups/fluxhero
readonly UNITS=$LIB/systemd/system DROP_INS=/etc/systemd/system/fluxherod.service.d
readonly SERVICE=fluxherod.service
readonly ANSWER_S=30 OLDEST_SYSTEMD=252
readonly PACKAGES_MB=1000 VERSION_MB=100 # what is built must find so much room
PATH=$PATH:/usr/sbin:/sbin # `su` leaves them out
unset PYTHONPATH PYTHONHOME
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly SOURCE

# shellcheck source=systemd/build.sh
. "$SOURCE/systemd/build.sh"

say() { printf 'install: %s\n' "$*"; }
warn() { printf 'install: %s\n' "$*" >&2; }
fail() {
    step=''
    warn "$*"
    exit 1
}

# What failed has said why, but not what that means.
step='' meaning='what runs was not touched'
ended() {
    local code=$?
    if [ "$code" -gt 128 ]; then
        warn "interrupted: $meaning; run $0 again"
    elif [ "$code" != 0 ] && [ -n "$step" ]; then
        warn "$step did not work: $meaning; mend what is said above and run $0 again"
    fi
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

booted() { [ -d /run/systemd/system ]; }

# --- what is asked for, and whether it can be done ---------------------------------------------------------------------
start=yes wheelhouse='' python='' credentials='' watch_s=10

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --wheelhouse | --python | --watch)
            [ $# -gt 1 ] || { usage >&2 && exit 2; }
            case $1 in
            --wheelhouse) wheelhouse=$2 ;;
            --python) python=$2 ;;
            --watch) watch_s=$2 ;;
            esac
            shift
            ;;
        --credentials) credentials=plain ;;
        --credentials=encrypted) credentials=encrypted ;;
        --no-start) start=no ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
        esac
        shift
    done
    [[ $watch_s =~ ^[0-9]+$ ]] || { usage >&2 && exit 2; }
}

check_machine() {
    [ "$(id -u)" = 0 ] || fail "run it as root: sudo $0"
    command -v systemctl >/dev/null || fail "this machine has no systemd"
    local systemd
    systemd=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    [ "${systemd:-0}" -ge "$OLDEST_SYSTEMD" ] || fail "needs systemd $OLDEST_SYSTEMD or newer (Debian 12, Ubuntu 24.04); here is ${systemd:-none}"
    if dpkg-query -W -f='${Status}' fluxhero 2>/dev/null | grep -q ' installed$'; then
        fail "the Debian package fluxhero is installed: upgrade that, or remove it first (apt-get remove fluxhero)"
    fi
    if [ -n "$wheelhouse" ]; then
        wheelhouse=$(cd "$wheelhouse" 2>/dev/null && pwd) || fail "--wheelhouse: there is no such folder"
    fi
    if [ -n "$python" ]; then
        python=$(command -v "$python") || fail "--python: there is no such program"
        python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python")
    fi
    find_python
    exec 9>/run/fluxhero-install.lock
    flock -n 9 || fail "another install.sh or uninstall.sh is running"
}

check_room() {
    local needed=$VERSION_MB free
    [ ! -e "$ROOT/versions/$new/.complete" ] || return 0
    [ -e "$ROOT/packages/$packages/.complete" ] || needed=$PACKAGES_MB
    mkdir -p "$ROOT/packages"
    free=$(($(df --output=avail -k "$ROOT/packages" | tail -n 1) / 1024))
    [ "$free" -ge "$needed" ] || fail "needs $needed MB in $ROOT, where $free are free: make room; nothing was changed"
}

# --- what is on the machine besides the program ------------------------------------------------------------------------
make_user_and_folders() {
    local kind
    for kind in sysusers.d tmpfiles.d; do
        install -D -m 0644 "$SOURCE/systemd/$kind/fluxhero.conf" "$LIB/$kind/fluxhero.conf"
    done
    systemd-sysusers "$LIB/sysusers.d/fluxhero.conf"
    systemd-tmpfiles --create "$LIB/tmpfiles.d/fluxhero.conf"
    # The unit makes them at the first start; they are needed before.
    install -d -m 0700 -o fluxhero -g fluxhero "$STATE" "$CACHE"
    if [ ! -e "$CONFIG" ]; then
        install -m 0640 -o root -g fluxhero "$SOURCE/systemd/fluxhero.toml" "$CONFIG"
        say "wrote $CONFIG"
    fi
}

# A program of a version, as the service runs it.
as_service() {
    runuser -u fluxhero -- env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$STATE" STATE_DIRECTORY="$STATE" \
        CACHE_DIRECTORY="$CACHE" CONFIGURATION_DIRECTORY=/etc/fluxhero RUNTIME_DIRECTORY=/run/fluxhero \
        NUMBA_CACHE_DIR="$CACHE/numba" PYTHONDONTWRITEBYTECODE=1 "$@"
}

# What holds for a key, by the configuration as the new version reads it; fails where it can't.
setting() {
    as_service "$ROOT/versions/$new/bin/fluxherod" check-config --config "$CONFIG" 2>/dev/null |
        sed -n "s/^$1 = \"\(.*\)\"  *#.*/\1/p"
}

warm_up() {
    as_service "$ROOT/versions/$new/bin/fluxherod" warmup --config "$CONFIG" --set market.symbols=ANY |
        sed -E 's/ in [0-9.]+ s(:.*)?$//; s/^/install: /'
}

# --- credentials -------------------------------------------------------------------------------------------------------
take_credentials() {
    local key secret
    if [ -t 0 ]; then
        read -r -p 'Alpaca key id: ' key
        read -r -s -p 'Alpaca secret key: ' secret
        echo
    else
        { read -r key && { read -r secret || [ -n "$secret" ]; }; } || fail "--credentials: two lines, the key id and the secret"
    fi
    if [ -z "$key" ] || [ -z "$secret" ]; then fail "--credentials: the key id or the secret is empty"; fi
    keep_credentials "$key" "$secret"
    if [ "$credentials" = encrypted ]; then
        mkdir -p "$DROP_INS"
        printf '%s\n' '# Written by install.sh --credentials=encrypted.' '[Service]' LoadCredential= \
            LoadCredentialEncrypted=alpaca.{key:/etc/credstore.encrypted/alpaca.key,secret:/etc/credstore.encrypted/alpaca.secret} \
            >"$DROP_INS/credentials.conf"
    else
        rm -f "$DROP_INS/credentials.conf"
    fi
    say "kept the credentials ($credentials)"
}

# Both or none: each is written whole before either takes its place.
keep_credentials() {
    local folder=/etc/credstore other=/etc/credstore.encrypted said
    if [ "$credentials" = encrypted ]; then
        folder=/etc/credstore.encrypted other=/etc/credstore
        said=$(encrypt alpaca.key "$1" && encrypt alpaca.secret "$2") || {
            rm -f "$folder"/alpaca.{key,secret}.new
            fail "the keys could not be encrypted, what was kept before stays: $said"
        }
    else
        (
            umask 077
            printf %s "$1" >"$folder/alpaca.key.new"
            printf %s "$2" >"$folder/alpaca.secret.new"
        )
    fi
    mv "$folder/alpaca.key.new" "$folder/alpaca.key"
    mv "$folder/alpaca.secret.new" "$folder/alpaca.secret"
    rm -f "$other"/alpaca.{key,secret}
}

encrypt() {
    (
        umask 077
        printf %s "$2" | systemd-creds encrypt --name="$1" - "/etc/credstore.encrypted/$1.new" 2>&1
    )
}

have_credentials() {
    local folder
    for folder in /etc/credstore /etc/credstore.encrypted; do
        [ -e "$folder/alpaca.key" ] && [ -e "$folder/alpaca.secret" ] && return
    done
    [ "$(setting daemon.mode)" = demo ]
}

# --- putting a version in force ----------------------------------------------------------------------------------------
activate() {
    local files=$ROOT/versions/$1/systemd unit
    if [ "$(readlink "$ROOT/venv")" != "versions/$1" ]; then
        ln -sfn "versions/$1" "$ROOT/venv.new"
        mv -T "$ROOT/venv.new" "$ROOT/venv"
    fi
    mkdir -p "$UNITS"
    for unit in "$UNITS"/fluxherod*.service "$UNITS"/fluxherod*.timer; do
        [ -e "$files/$(basename "$unit")" ] || rm -f "$unit"
    done
    # What is the same already is not touched.
    install -C -m 0644 "$files"/fluxherod*.service "$files"/fluxherod*.timer "$UNITS"
    install -C -m 0755 "$files/fluxherod.sh" "$BIN/fluxherod"
    [ "$(readlink "$BIN/fluxhero")" = "$ROOT/venv/bin/fluxhero" ] || ln -sfn "$ROOT/venv/bin/fluxhero" "$BIN/fluxhero"
    ! booted || systemctl daemon-reload
}

main_pid() { systemctl show --property=MainPID --value "$SERVICE"; }

# The version whose process runs: another than the one in force where an install was cut short, or had --no-start.
running_version() {
    local pid
    ! booted || pid=$(main_pid)
    [ "${pid:-0}" = 0 ] || sed -z -n "1s|^$ROOT/versions/\([^/]*\)/.*|\1|p" "/proc/$pid/cmdline" 2>/dev/null | tr -d '\0'
}

old_version() {
    old=$(running_version) || true
    if [ -z "$old" ] && [ -L "$ROOT/venv" ]; then old=$(basename "$(readlink "$ROOT/venv")"); fi
    [ -e "$ROOT/versions/$old/.complete" ] || old='' # there is no way back to half a version
}

# (Re)start it: it becomes ready, answers, and is still the same process after a while.
comes_up() {
    local socket pid end=$((SECONDS + ANSWER_S))
    socket=$(setting grpc.unix_socket) || socket=/run/fluxhero/fluxherod.sock
    systemctl reset-failed "$SERVICE" 2>/dev/null || true
    systemctl restart "$SERVICE" || return 1
    pid=$(main_pid)
    until "$ROOT/venv/bin/fluxhero" --address "unix:$socket" status >/dev/null 2>&1; do
        [ "$(main_pid)" = "$pid" ] || return 1
        [ "$SECONDS" -lt "$end" ] || { warn "it does not answer within $ANSWER_S s" && return 1; }
        sleep 0.5
    done
    sleep "$watch_s"
    [ "$(main_pid)" = "$pid" ] && systemctl --quiet is-active "$SERVICE"
}

back_up() {
    local state
    state=$(setting storage.state_dir) || true
    [ -e "${state:-$STATE}/fluxhero.db" ] || return 0
    as_service "$ROOT/versions/$old/bin/fluxherod" backup --config "$CONFIG" --keep 3 "$BACKUPS/upgrades" |
        sed 's/^/install: backup /' || fail "NOT upgraded: the backup before it failed; version $old is as it was"
}

newest_backup() { find "$BACKUPS/upgrades" -mindepth 1 -maxdepth 1 -name 'fluxhero-*' | LC_ALL=C sort | tail -n 1; }

roll_back() {
    warn "version $new is not healthy; its last words:"
    journalctl --unit="$SERVICE" --no-pager --lines=15 --output=cat >&2 || true
    [ "$old" != "$new" ] || fail "version $new does not come up, as before: mend the cause, then systemctl restart fluxherod"
    systemctl stop "$SERVICE" || true
    [ -n "$old" ] || fail "the service is stopped: mend the cause, then systemctl start fluxherod"
    warn "going back to version $old"
    activate "$old"
    if comes_up; then
        fail "NOT upgraded: version $new was not healthy, version $old runs again with the same state"
    fi
    warn "version $old does not come up either: look after open positions at the broker's own page."
    warn "If it says that it does not know the database, go back to the backup; the start after it is halted:"
    warn "    systemctl stop fluxherod; fluxherod restore --force $(newest_backup); systemctl start fluxherod"
    fail "NOT upgraded, and version $old does not run: journalctl -u fluxherod says why"
}

# Is it stopped because somebody wants it so?
stopped() { [ "$(systemctl is-active "$SERVICE")" = inactive ]; }

switch() {
    local was_stopped=no
    trap '' HUP INT TERM # no half of it
    step="putting version $new in force" meaning='systemctl status fluxherod tells what runs'
    if [ -n "$old" ] && booted; then
        ! stopped || was_stopped=yes
        [ "$old" = "$new" ] || back_up
    fi
    if [ "$old" = "$new" ] && booted && [ "$was_stopped" = no ] && systemctl --quiet is-active "$SERVICE"; then
        activate "$new"
        say "version $new runs already"
        [ -z "$credentials" ] || say "the new keys are read by a restart: systemctl restart fluxherod"
        return
    fi
    activate "$new"
    [ -n "$old" ] || systemctl --quiet enable "$SERVICE" fluxherod-restart.timer fluxherod-backup.timer
    if [ "$start" = no ] || ! booted; then
        say "version $new is installed; start it with: systemctl restart fluxherod"
    elif ! is_configured; then
        say "then: systemctl start fluxherod"
    elif [ "$was_stopped" = yes ]; then
        say "version $new is installed; the service was stopped and stays so: systemctl start fluxherod"
    else
        comes_up || roll_back
        say "version $new runs: $(systemctl show --property=StatusText --value "$SERVICE")"
    fi
    prune
}

# Says what is missing.
is_configured() {
    local missing=0
    if ! setting daemon.mode >/dev/null; then
        say "before it can start, name what to trade in $CONFIG:"
        as_service "$ROOT/venv/bin/fluxherod" check-config --config "$CONFIG" 2>&1 >/dev/null | sed 's/^/install:   /' || true
        missing=1
    fi
    if ! have_credentials; then
        say "before it can start, it needs Alpaca's keys: $0 --credentials"
        missing=1
    fi
    return "$missing"
}

# The version in force and the one before it stay, with their packages.
prune() {
    local folder
    [ "$old" != "$new" ] || return 0
    for folder in "$ROOT"/versions/*; do
        case $(basename "$folder") in
        "$new" | "$old") ;;
        *) rm -rf "$folder" ;;
        esac
    done
    for folder in "$ROOT"/packages/*; do
        if ! readlink -f "$ROOT"/versions/*/packages | grep -qxF "$folder"; then rm -rf "$folder"; fi
    done
}

main() {
    read_options "$@"
    check_machine
    cd /
    identify
    old_version
    check_room
    step="building version $new"
    build
    step="making the user and the folders"
    make_user_and_folders
    step="keeping the keys"
    [ -z "$credentials" ] || take_credentials
    step="compiling the strategy of version $new"
    # What runs must not be replaced by what would refuse its configuration.
    if [ -n "$old" ] && [ "$old" != "$new" ] && ! setting daemon.mode >/dev/null; then
        as_service "$ROOT/versions/$new/bin/fluxherod" check-config --config "$CONFIG" >/dev/null || true
        fail "NOT upgraded: version $new refuses $CONFIG; version $old is as it was"
    fi
    warm_up
    switch
    step=''
    say "who may use it over its socket: usermod -aG fluxhero NAME"
}

main "$@"
