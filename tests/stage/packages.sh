#!/bin/sh
# Installs the Debian packages that tests and demo stand on; quick when they are there. Starts no service.
#   sh tests/stage/packages.sh php phpcs node redis browser gettext postgres mariadb nginx apache systemd compose venv
set -eu

wanted=""
need() { # need COMMAND PACKAGE...: the packages, unless the command is there
    command -v "$1" >/dev/null 2>&1 && return 0
    shift
    wanted="$wanted $*"
}

php_packages() {
    if apt-cache show php8.2-cli >/dev/null 2>&1; then v=php8.2; else v=php; fi
    echo "$v-cli $v-sqlite3 $v-mysql $v-gd $v-mbstring $v-xml $v-curl $v-intl $v-zip"
}

has_php() {
    command -v php >/dev/null 2>&1 &&
        php -r 'foreach (["pdo_sqlite", "mysqli", "gd", "mbstring", "dom", "curl", "intl", "zip"] as $e) { extension_loaded($e) || exit(1); }'
}

group() {
    case "$1" in
    php) has_php || wanted="$wanted $(php_packages)" ;;
    node)
        need node nodejs
        need npm npm
        ;;
    phpcs) need phpcs php-codesniffer ;;
    redis) need redis-server redis-server ;;
    browser)
        need chromium chromium
        fc-list 2>/dev/null | grep -qi noto || wanted="$wanted fontconfig fonts-noto-core fonts-noto-color-emoji"
        ;;
    postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql" ;;
    mariadb) need mariadbd "mariadb-server-core mariadb-client-core" ;;
    gettext) need xgettext gettext ;;
    nginx) need nginx nginx-light ;;
    apache) [ -x /usr/sbin/apache2 ] || wanted="$wanted apache2-bin" ;;
    systemd) need systemd-analyze systemd ;;
    compose) docker compose version >/dev/null 2>&1 || need docker-compose docker-compose ;;
    venv) python3 -c 'import ensurepip' 2>/dev/null || wanted="$wanted python3-venv" ;;
    *)
        echo "packages.sh: there is no group '$1'" >&2
        exit 2
        ;;
    esac
}

collect() {
    wanted=""
    for name in "$@"; do group "$name"; done
}

collect "$@"
[ -z "$wanted" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "packages.sh: this needs Debian or a relative (apt-get). Install by hand: $*" >&2
    exit 1
fi

as_root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "packages.sh: become root, or install sudo, to install: $*" >&2; exit 1; }
    as_root="sudo"
fi

# Nothing that is installed here is to be started as a service of this machine.
policy=/usr/sbin/policy-rc.d
made_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    made_policy=yes
fi
cleanup() { [ -z "$made_policy" ] || $as_root rm -f "$policy"; }
trap cleanup EXIT INT TERM

export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
collect "$@"
echo "Installing:$wanted" >&2
# shellcheck disable=SC2086
$as_root apt-get -qq install --yes --no-install-recommends $wanted >/dev/null
