# shellcheck shell=bash
# How a version of FluxHero is built below ROOT, for install.sh and for the Debian package, which set ROOT, SOURCE, say and
# fail and, if they like, python and wheelhouse.
#
# $ROOT/packages/HASH  what the lock names, for one interpreter
# $ROOT/versions/ID    FluxHero itself on top of that, with its units: an upgrade seldom has to fetch packages
# $ROOT/venv           points to the version that is in force
: "${python:=}" "${wheelhouse:=}"

# Of the files that are named on the input, relative to the sources, and of the interpreter.
hash_of() {
    (
        cd "$SOURCE" || exit
        "$python" -c 'import sys; print(sys.executable, sys.version)'
        LC_ALL=C sort -z | xargs -0 sha256sum
    ) | sha256sum | cut -c1-12
}

identify() {
    local version
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$SOURCE/pyproject.toml")
    packages=$(printf '%s\0' systemd/requirements.lock | hash_of)
    new=$version-$(cd "$SOURCE" && find pyproject.toml protos daemon clients/python clients/tui systemd -type f ! -name '*.pyc' -print0 | hash_of)
}

pip_install() {
    "$ROOT/packages/$packages/bin/python" -m pip --python "$1" install --quiet --disable-pip-version-check \
        --root-user-action=ignore --no-compile ${wheelhouse:+--no-index --find-links "$wheelhouse"} "${@:2}"
}

# The service may not write there. Some packages have files for other versions of Python, which can't be compiled.
compile() { "$1/bin/python" -m compileall -qq -j 0 -x '/tests/' "$1/lib" || true; }

build_packages() {
    local target=$ROOT/packages/$packages
    [ ! -e "$target/.complete" ] || return 0
    say "installing the packages of requirements.lock into $target with $("$python" --version)"
    rm -rf "$target"
    mkdir -p "$ROOT/packages"
    "$python" -m venv "$target"
    pip_install "$target" --require-hashes -r "$SOURCE/systemd/requirements.lock"
    compile "$target"
    touch "$target/.complete"
}

build() {
    local target=$ROOT/versions/$new purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
    if [ -e "$target/.complete" ]; then
        say "version $new is built already"
        return
    fi
    build_packages
    say "building version $new in $target"
    rm -rf "$target"
    mkdir -p "$ROOT/versions"
    "$python" -m venv --without-pip "$target"
    "$ROOT/packages/$packages/bin/python" -c "$purelib" >"$("$target/bin/python" -c "$purelib")/packages.pth"
    pip_install "$target" --no-deps --no-build-isolation "$SOURCE"
    compile "$target"
    cp -R "$SOURCE/systemd" "$target/systemd"
    ln -s "../../packages/$packages" "$target/packages"
    touch "$target/.complete"
}

find_python() {
    local candidate
    for candidate in ${python:-/usr/bin/python3 /usr/bin/python3.14 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
            python=$candidate
            break
        fi
        candidate=''
    done
    [ -n "$candidate" ] || fail "needs Python 3.11 to 3.14 in /usr/bin (or --python FILE)"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no venv: apt-get install python3-venv"
    case $("$python" -c 'import os, sys; print(os.path.realpath(sys.base_prefix))')/ in
    /root/* | /home/* | /run/user/* | /tmp/*)
        fail "$python lies where the service can't see it (ProtectHome, PrivateTmp): name another with --python" ;;
    esac
}
