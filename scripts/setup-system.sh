#!/bin/bash
# Makes sure the programs Yunkai needs from the system are there, and installs Debian's packages of
# those that are missing where it may. "run" is what the server and `make demo` need; "test" adds
# what the tests drive: a browser, PDF tools, age, and a font with Chinese in it.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-test}
missing=()

need() { # package, then a command that succeeds when it is there
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

chinese_font() { [ -n "$(fc-list :lang=zh-cn file)" ]; }
node_is_new_enough() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

need "python3 python3-venv" scripts/find-python.sh
need nodejs command -v node
need npm command -v npm
need ffmpeg command -v ffmpeg # yunkai recordings compose
if [ "$purpose" = test ]; then
    need chromium command -v chromium
    need poppler-utils command -v pdfsig
    need libnss3-tools command -v certutil
    need age command -v age
    need unzip command -v unzip
    need jq command -v jq
    need openssl command -v openssl
    need janus command -v janus
    need coturn command -v turnserver
    need ffmpeg command -v ffprobe
    # a network of its own for Janus, with loss
    need iproute2 compgen -G "/usr/*bin/ip"
    need nftables test -x /usr/sbin/nft
    need postgresql compgen -G "/usr/lib/postgresql/*/bin/initdb"
    # the validator of archival and accessible PDF is a Java program
    need default-jdk-headless command -v javac
    need libjaxb-java test -e /usr/share/java/jaxb-runtime.jar
    need "fontconfig fonts-noto-cjk" chinese_font
fi

if [ ${#missing[@]} -gt 0 ]; then
    # Some entries name two packages: splitting on the space is meant.
    # shellcheck disable=SC2206
    packages=(${missing[*]})
    if [ "$(id -u)" = 0 ]; then
        as_root=()
    elif sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        as_root=(false)
    fi
    if [ "${as_root[*]-}" = false ] || ! command -v apt-get >/dev/null; then
        {
            echo "These system packages are missing, and this account may not install them:"
            echo "    ${packages[*]}"
            echo "On Debian or Ubuntu ask an administrator to run, then call make again:"
            echo "    sudo apt-get install ${packages[*]}"
        } >&2
        exit 1
    fi
    echo "Installing system packages: ${packages[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    # Tests start their own: the packages' services would only hold ports.
    for service in janus coturn; do
        if [[ " ${packages[*]} " = *" $service "* ]]; then
            "${as_root[@]}" systemctl disable --quiet --now "$service" 2>/dev/null || true
        fi
    done
fi

scripts/find-python.sh >/dev/null
if ! node_is_new_enough; then
    echo "Node $(node --version) is too old: Yunkai's web page is built with Node 20.19 or newer." >&2
    echo "Debian 13 has it as nodejs; for older systems see the packages offered by nodejs.org." >&2
    exit 1
fi
