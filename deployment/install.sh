#!/bin/sh
# 没有外网的机器上安装 Installs where there is no internet: sh install.sh [FOLDER]    (/opt/luan-workbench)
# 只要 Python 3.11 至 3.13（含 venv）。Needs nothing but Python 3.11 to 3.13 with venv. PYTHON=… names one.
set -eu
umask 022
unset CDPATH
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/luan-workbench}

fail() {
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 2
}

suitable() {
    "$1" -I -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3.11 python3
fi
python=
for name in "$@"; do
    if suitable "$name"; then
        python=$name
        break
    fi
done
[ -n "$python" ] || fail "没有合适的 Python：需要 3.11 至 3.13，含 venv（Debian、UOS：python3-venv）。" \
    "No suitable Python: 3.11 to 3.13 is needed, with venv (Debian, UOS: python3-venv)."

case $(uname -sm) in
"Linux x86_64" | "Linux aarch64") ;;
*) fail "$(uname -sm)：这个安装包只供 Linux x86_64 和 aarch64 使用。" "$(uname -sm): this archive is for Linux on x86_64 and aarch64." ;;
esac

[ ! -e "$target" ] || { [ -d "$target" ] && [ -z "$(ls -A "$target")" ]; } ||
    fail "$target 不是空的目录：新版本装在自己的目录里，请另写一个：sh install.sh 目录" \
        "$target is no empty folder: a new version is installed in one of its own: sh install.sh FOLDER"

(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) ||
    fail "有文件与校验和不符或缺失，什么也没有安装：请重新取得安装包。" \
        "A file is missing or is not what its checksum says; nothing was installed: get the archive again."

# Nor a file that has none: of another archive unpacked into the same folder, or put there by somebody.
listed=$(cd "$here" && cut -c 67- SHA256SUMS | LC_ALL=C sort)
there=$(cd "$here" && find . ! -type d ! -path ./SHA256SUMS | cut -c 3- | LC_ALL=C sort)
[ "$listed" = "$there" ] ||
    fail "目录里有安装包以外的文件，什么也没有安装：请解开到一个空的目录。" \
        "There are files here that are not of the archive; nothing was installed: unpack it into an empty folder."

installed=
# Interrupted as well: some shells leave without the trap of EXIT then.
trap 'exit 130' INT
trap 'exit 143' HUP TERM
trap '[ -n "$installed" ] || rm -rf "$target"' EXIT
mkdir -p "$target"
target=$(cd "$target" && pwd)
cp -R "$here/program/." "$target/"
# Whoever unpacked it may have kept it closed; the user of the service is another.
chmod -R u=rwX,go=rX "$target"
"$python" -I -m venv "$target/.venv"

# Nothing of this user's own settings of pip: no other index, no other folder.
pip() {
    PIP_CONFIG_FILE=/dev/null "$target/.venv/bin/python" -I -m pip --isolated --disable-pip-version-check "$@"
}
pip install --quiet --no-index --find-links "$here/wheels" --require-hashes --requirement "$here/requirements.txt" ||
    fail "没有装成，目录已删去：这台机器（$("$python" --version)，$(uname -m)）不在安装包之内，或 glibc 旧于 2.28。" \
        "Not installed, the folder is removed: this computer ($("$python" --version), $(uname -m)) is not among those of the archive, or its glibc is older than 2.28."
pip install --quiet --no-index --no-deps --no-build-isolation --editable "$target"
"$target/.venv/bin/python" -I -m compileall -q "$target/workbench"
installed=yes

printf '%s\n' "已安装 Installed: $target" "$target/.venv/bin/workbench doctor" "$target/.venv/bin/workbench service --help"
