#!/bin/sh
# BIND 9.18.49 (Debian 12): a name server with `recursion no` that has two zones, one with a CNAME into the other, answers
# with the CNAME alone, though it has the target too. With recursion it answers with both. So a reverse zone smaller than a
# /24 (RFC 2317) on an authoritative server gives a client that does not follow CNAMEs itself (a stub resolver, dig -x) no
# PTR, even where the /24 and its part are served by the same process.
#
# Seen: "without recursion: CNAME", "with recursion: CNAME PTR"; both NOERROR. Asked for the target itself, the server
# without recursion has it: "the target: PTR".
#
# Needs Debian 12 with apt, and node (for free ports). Exits 1 where it behaves otherwise.
set -eu

version=1:9.18.49-1~deb12u3
folder=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq "bind9=$version" "bind9-libs=$version" "bind9-dnsutils=$version" libuv1 liblmdb0 libmaxminddb0 \
  libfstrm0 libprotobuf-c1 libjemalloc2 libjson-c5 libnghttp2-14 libxml2 libicu72 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH=$(find "$folder" -name '*.so.*' -exec dirname {} + | sort -u | tr '\n' ':')
export LD_LIBRARY_PATH
./usr/sbin/named -v

free() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
soa='$TTL 3600
@ IN SOA ns.example. hostmaster.example. ( 1 3600 600 86400 3600 )
@ IN NS ns.example.'
printf '%s\n65 IN CNAME 65.64-26.2.0.192.in-addr.arpa.\n' "$soa" > whole.zone
printf '%s\n65 IN PTR web1.example.\n' "$soa" > part.zone

# serve <yes|no>: a server with both zones, with recursion or without
serve() {
  port=$(free)
  cat > named.conf <<END
options {
  directory "$folder"; pid-file none; session-keyfile none; lock-file none; managed-keys-directory "$folder";
  listen-on port $port { 127.0.0.1; }; listen-on-v6 { none; }; recursion $1; dnssec-validation no; notify no;
};
controls { };
zone "2.0.192.in-addr.arpa" { type primary; file "whole.zone"; };
zone "64-26.2.0.192.in-addr.arpa" { type primary; file "part.zone"; };
END
  ./usr/sbin/named -g -c "$folder/named.conf" -n 1 -U 1 > named.log 2>&1 &
  pid=$!
  until grep -q ' running$' named.log; do sleep 0.1; done
}
stop() { kill "$pid"; wait "$pid" 2>/dev/null || true; pid=; }
# types <name>: the types of the records in the answer to a question for its PTR
types() { ./usr/bin/dig @127.0.0.1 -p "$port" +time=2 +tries=1 +noall +answer "$1" PTR | awk '{ print $4 }' | xargs; }

serve no
{ echo "without recursion: $(types 65.2.0.192.in-addr.arpa)"; echo "the target: $(types 65.64-26.2.0.192.in-addr.arpa)"; } > seen
stop
serve yes
echo "with recursion: $(types 65.2.0.192.in-addr.arpa)" >> seen
stop
cat seen
printf 'without recursion: CNAME\nthe target: PTR\nwith recursion: CNAME PTR\n' | cmp -s - seen
