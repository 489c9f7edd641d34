#!/bin/bash
# Builds dist/fluxhero_VERSION_ARCH.deb: FluxHero with all that it needs, for the Python of this machine's Debian.
# With --tree DIR it packs an /opt/fluxhero that was built already. COMPRESSION is dpkg-deb's: xz takes half a minute.
set -euo pipefail
umask 022

readonly ROOT=/opt/fluxhero
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly SOURCE DEB=$SOURCE/systemd/deb

say() { printf 'deb: %s\n' "$*"; }
fail() {
    printf 'deb: %s\n' "$*" >&2
    exit 1
}
# shellcheck source=systemd/build.sh
. "$SOURCE/systemd/build.sh"

tree='' output=$SOURCE/dist
while [ $# -gt 0 ]; do
    case $1 in
    --tree) tree=$2 ;;
    --output) output=$2 ;;
    --build-in) # what this script calls itself for, in a namespace where /opt is empty
        mount --bind "$2" /opt
        find_python
        identify
        build
        ln -sfn "versions/$new" "$ROOT/venv"
        exit
        ;;
    *) fail "usage: systemd/deb/build.sh [--tree DIR] [--output DIR]" ;;
    esac
    shift 2
done
command -v dpkg-deb >/dev/null || fail "needs dpkg-deb (Debian, Ubuntu)"
find_python

# --- the files ----------------------------------------------------------------------------------------------------------
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/opt" "$stage/DEBIAN" "$output"
if [ -n "$tree" ]; then
    cp -al "$tree" "$stage/opt/fluxhero" 2>/dev/null || { # links need the same disk
        rm -rf "$stage/opt/fluxhero"
        cp -a "$tree" "$stage/opt/fluxhero"
    }
else
    # A virtual environment can't be moved, so it is built where it will be: in a mount namespace, which needs no root.
    unshare --map-root-user --mount "${BASH_SOURCE[0]}" --build-in "$stage/opt"
fi
find "$stage/opt" -name __pycache__ -path '*/pip/*' -prune -exec rm -rf {} +

files=$SOURCE/systemd
install -D -m 0644 -t "$stage/lib/systemd/system" "$files"/fluxherod*.service "$files"/fluxherod*.timer
install -D -m 0644 -t "$stage/usr/lib/sysusers.d" "$files/sysusers.d/fluxhero.conf"
install -D -m 0644 -t "$stage/usr/lib/tmpfiles.d" "$files/tmpfiles.d/fluxhero.conf"
install -D -m 0640 -t "$stage/etc/fluxhero" "$files/fluxhero.toml"
install -D -m 0755 "$files/fluxherod.sh" "$stage/usr/bin/fluxherod"
ln -s "$ROOT/venv/bin/fluxhero" "$stage/usr/bin/fluxhero"
install -D -m 0644 -t "$stage/usr/share/doc/fluxhero" "$SOURCE"/docs/*.md
install -D -m 0644 "$DEB/lintian-overrides" "$stage/usr/share/lintian/overrides/fluxhero"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$SOURCE/pyproject.toml")-1
documents=$stage/usr/share/doc/fluxhero
mkdir -p "$documents"
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: FluxHero\n\n'
    printf 'Files: *\nCopyright: %s\nLicense: Expat\n' "$(sed -n 's/^Copyright //p' "$SOURCE/LICENSE")"
    sed '1,/^Copyright/d' "$SOURCE/LICENSE" | sed '1{/^$/d}; s/^$/./; s/^/ /'
    printf '\nFiles: opt/fluxhero/packages/*\nCopyright: their authors\nLicense: various\n'
    printf ' Each package has its own licence in its .dist-info folder.\n'
} >"$documents/copyright"
gzip -9n <"$SOURCE/CHANGELOG.md" >"$documents/NEWS.gz"
printf 'fluxhero (%s) unstable; urgency=medium\n\n  * See NEWS.gz.\n\n -- FluxHero maintainers <maintainers@fluxhero.example>  %s\n' \
    "$version" "$(date -R -r "$SOURCE/CHANGELOG.md")" | gzip -9n >"$documents/changelog.Debian.gz"

# --- what dpkg reads ------------------------------------------------------------------------------------------------------
minor=$("$python" -c 'import sys; print(sys.version_info.minor)')
architecture=$(dpkg --print-architecture)
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@PYTHON@/3.$minor/; s/@NEXT@/3.$((minor + 1))/" \
    -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$stage" | cut -f 1)/" "$DEB/control" >"$stage/DEBIAN/control"
install -m 0755 "$DEB"/{preinst,postinst,prerm,postrm} "$stage/DEBIAN"
echo /etc/fluxhero/fluxhero.toml >"$stage/DEBIAN/conffiles"
(cd "$stage" && find lib usr opt -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)

deb=$output/fluxhero_${version}_$architecture.deb
dpkg-deb --root-owner-group -Z"${COMPRESSION:-xz}" -z1 --build "$stage" "$deb" >/dev/null
say "$deb: $(du -h "$deb" | cut -f 1), installed $(du -sh --exclude=DEBIAN "$stage" | cut -f 1)"
