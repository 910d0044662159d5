#!/bin/sh
# cloud-init 22.4.2 (Debian 12): user data that name a mirror of Debian (`apt: { primary: [...] }`) and nothing else take the
# updates of security from that mirror too, as the suite `bookworm-security` beside the release. The archive of Debian has none
# there (deb.debian.org/debian/dists/bookworm-security/Release is 404): it is an archive of its own, `debian-security`. So
# `apt-get update` fails on such a machine, and with it the first module that installs anything. The configuration of the package has the right place (deb.debian.org/debian-security), which
# counts only where no mirror is named. Backports are listed too, though nothing asked for them. Ubuntu, whose archive has its
# security beside the release, is not harmed.
#
# Seen, by the module's own functions and the template of the package, with `primary` alone:
#   http://mirror.example/debian bookworm-security
#   http://mirror.example/debian bookworm-backports
# and with `security` and `disable_suites: [backports]` besides:
#   http://security.debian.org/debian-security bookworm-security
#
# Needs Debian 12 with apt and python3. Exits 1 where it behaves otherwise.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq cloud-init=22.4.2-1+deb12u4 python3-yaml python3-jinja2 python3-markupsafe python3-configobj \
  python3-requests python3-urllib3 python3-idna python3-certifi python3-chardet python3-charset-normalizer \
  python3-oauthlib python3-jsonpatch python3-json-pointer python3-jsonschema python3-pyrsistent python3-attr \
  python3-netifaces python3-six 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
cat > lists.py <<'END'
from cloudinit import templater, version
from cloudinit.config import cc_apt_configure as apt

class Cloud:
    """A machine of Debian that comes from no cloud."""
    class distro:
        @staticmethod
        def get_option(name, default=None): return default
        @staticmethod
        def get_package_mirror_info(*_): return {"primary": "https://deb.debian.org/debian",
                                                 "security": "https://deb.debian.org/debian-security"}
        get_primary_arch = staticmethod(lambda: "amd64")
    datasource = distro

def suites(config):
    mirrors = apt.find_apt_mirror_info(config, Cloud, arch="amd64")
    values = {"release": "bookworm", "codename": "bookworm", "mirror": mirrors["MIRROR"], **mirrors,
              **{key.lower(): value for key, value in mirrors.items()}}
    with open("etc/cloud/templates/sources.list.debian.tmpl") as file:
        text = templater.render_string(file.read(), values)
    text = apt.disable_suites(config.get("disable_suites"), text, "bookworm")
    lines = [line.split() for line in text.splitlines() if line.startswith("deb ")]
    return [f"{uri} {suite}" for _, uri, suite, *_ in lines if suite.endswith(("-security", "-backports"))]

def uri(text): return [{"arches": ["default"], "uri": text}]
print("cloud-init", version.version_string().split("-")[0])
alone = {"preserve_sources_list": False, "primary": uri("http://mirror.example/debian")}
print("primary alone:", *suites(alone), sep="\n  ")
more = {**alone, "security": uri("http://security.debian.org/debian-security"), "disable_suites": ["backports"]}
print("security besides:", *suites(more), sep="\n  ")
END
PYTHONPATH=$folder/usr/lib/python3/dist-packages python3 -W ignore lists.py > seen
cat seen
cmp -s seen - <<'END'
cloud-init 22.4.2
primary alone:
  http://mirror.example/debian bookworm-security
  http://mirror.example/debian bookworm-backports
security besides:
  http://security.debian.org/debian-security bookworm-security
END
