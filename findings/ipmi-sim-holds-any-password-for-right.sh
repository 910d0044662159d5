#!/bin/sh
# OpenIPMI's ipmi_sim 2.0.33 (Debian 12) answers "Set User Password, test password" (IPMI 2.0, 22.30) with success whatever
# the password is, while a login with a wrong one is refused. So whoever asks a BMC whether a user has a password already, to
# leave it as it is, may leave a wrong one in place: only a login tells.
#
# Seen: "test of the right one: Success", "test of a wrong one: Success", "login with the right one: yes",
# "login with a wrong one: no".
#
# Needs ipmi_sim (openipmi) and ipmitool, and node (for a free port). Exits 1 where it behaves otherwise.
set -eu

folder=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')

cat > lan.conf <<END
name "bmc1"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 $port
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  user 2 true "admin" "secret" admin 10 none md2 md5 straight
END
cat > bmc.emu <<'END'
mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
END
ipmi_sim -n -c lan.conf -f bmc.emu -s "$folder" </dev/null >/dev/null 2>&1 &
pid=$!

# tool <password> ARGUMENTS…
tool() {
  password=$1
  shift
  IPMI_PASSWORD=$password ipmitool -I lanplus -C 3 -N 1 -R 3 -H 127.0.0.1 -p "$port" -U admin -E "$@" </dev/null 2>/dev/null
}
# login <password>
login() { if tool "$1" mc info >/dev/null; then echo yes; else echo no; fi; }

until tool secret mc info >/dev/null; do sleep 0.1; done
{
  echo "test of the right one: $(tool secret user test 2 20 secret)"
  echo "test of a wrong one: $(tool secret user test 2 20 wrong)"
  echo "login with the right one: $(login secret)"
  echo "login with a wrong one: $(login wrong)"
} > seen
cat seen
printf '%s\n' 'test of the right one: Success' 'test of a wrong one: Success' 'login with the right one: yes' \
  'login with a wrong one: no' | cmp -s - seen
