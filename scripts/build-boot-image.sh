#!/usr/bin/env bash
# Builds the boot image: a kernel and an initrd that machines boot over the network, of Debian packages and the files in
# scripts/boot-image alone. The same packages make the same files, to the last octet.
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

usage() {
  cat <<'TEXT'
Usage: scripts/build-boot-image.sh [--kernel amd64|cloud-amd64] [--packages FOLDER] [--ca FILE] OUTPUT_FOLDER
       scripts/build-boot-image.sh [--kernel amd64|cloud-amd64] [--packages FOLDER] --download

Writes contractor.vmlinuz, contractor.initrd and contractor.packages into OUTPUT_FOLDER, and the names below which boot
scripts ask for them: OUTPUT_FOLDER is the folder "disks" of CONTRACTOR_PXE_URL.

  --kernel      amd64 (default) is for hardware; cloud-amd64 is small, and for virtual machines with virtio
  --packages    where packages are kept between two builds; without it they are downloaded each time
  --ca          certificates (PEM) besides those of Debian that the server may be signed with, where it is reached by HTTPS
  --download    only downloads what is not in the folder of packages yet
TEXT
}
fail() {
  echo "build-boot-image: $*" >&2
  exit 1
}

kernel=amd64 cache= authority= output= download=
while [ $# -gt 0 ]; do
  case "$1" in
    --kernel) kernel=${2-}; shift 2 || fail "--kernel takes amd64 or cloud-amd64" ;;
    --packages) cache=${2-}; shift 2 || fail "--packages takes a folder" ;;
    --ca) authority=${2-}; shift 2 || fail "--ca takes a file" ;;
    --download) download=yes; shift ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; fail "there is no option $1" ;;
    *) [ -z "$output" ] || fail "there is one output folder: $output or $1"; output=$1; shift ;;
  esac
done
case "$kernel" in amd64 | cloud-amd64) ;; *) fail "--kernel \"$kernel\": has to be amd64 or cloud-amd64" ;; esac
[ -n "$output$download" ] || { usage >&2; exit 1; }
[ -z "$authority" ] || grep -q 'BEGIN CERTIFICATE' "$authority" || fail "--ca \"$authority\": there is no certificate in it"
for program in apt-get apt-cache dpkg dpkg-deb sha256sum; do
  command -v "$program" >/dev/null || fail "$program is not there: the image is built on Debian or Ubuntu, of Debian 12's packages"
done

here=$(cd "$(dirname "$0")" && pwd)/boot-image
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=${cache:-$work/packages}
mkdir -p "$cache" "$work/new" "$work/from" "$work/root"
cache=$(cd "$cache" && pwd)

# contents KIND: the third and fourth column of what is for this kernel
contents() {
  awk -v kind="$1" -v kernel="$kernel" '$1 == kind && ($2 == "both" || $2 == kernel) { print $3, $4 }' "$here/contents"
}

# The package with the kernel itself, which another one without a version in its name stands for.
image=$(apt-cache depends "linux-image-$kernel" 2>/dev/null |
  awk -v kernel="$kernel" '$1 == "Depends:" && $2 ~ "^linux-image-[0-9].*-" kernel "$" { print $2; exit }')
[ -n "$image" ] || fail "apt knows no linux-image-$kernel: run apt-get update, on Debian 12"

# Which version of each package apt would take, and where it is kept.
# shellcheck disable=SC2046 # names of packages have no blanks
apt-cache policy "$image" $(contents package | cut -d' ' -f1) |
  awk '/^[^ ]/ { name = $1; sub(/:$/, "", name) } $1 == "Candidate:" && $2 != "(none)" { print name, $2 }' >"$work/versions"
for package in "$image" $(contents package | cut -d' ' -f1); do
  grep -q "^$package " "$work/versions" || fail "apt knows no package $package: run apt-get update, on Debian 12"
done
# kept PACKAGE VERSION: its archive, whose name apt makes
kept() {
  local architecture
  for architecture in amd64 all; do
    [ ! -e "$cache/$1_${2//:/%3a}_$architecture.deb" ] || echo "$cache/$1_${2//:/%3a}_$architecture.deb"
  done
}
missing=()
while read -r package version; do
  [ -n "$(kept "$package" "$version")" ] || missing+=("$package=$version")
done <"$work/versions"
if [ ${#missing[@]} -gt 0 ]; then
  (cd "$work/new" && apt-get download -qq "${missing[@]}" 2>"$work/apt") ||
    { cat "$work/apt" >&2; fail "apt-get could not download the packages"; }
  mv "$work"/new/*.deb "$cache"
fi
[ -z "$download" ] || exit 0
while read -r package version; do kept "$package" "$version"; done <"$work/versions" >"$work/archives"
while read -r archive; do dpkg-deb -x "$archive" "$work/from"; done <"$work/archives"

# Runs a program of the packages, whatever this machine has: its output is that of Debian 12.
libraries="$work/from/lib/x86_64-linux-gnu:$work/from/usr/lib/x86_64-linux-gnu"
packaged() {
  local name=$1 file=$2
  shift 2
  "$work/from/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" --argv0 "$name" "$work/from/$file" "$@"
}

root=$work/root
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,usr/lib/x86_64-linux-gnu,lib64,dev,proc,sys,run,tmp,etc/ssl/certs,root,contractor}
ln -s usr/lib "$root/lib"

# Programs, and the libraries that the dynamic loader finds for them
install -m 755 "$work/from/lib64/ld-linux-x86-64.so.2" "$root/lib64/"
while read -r _ program; do
  [ -n "$program" ] || continue
  [ -e "$work/from/$program" ] || fail "$program is in none of the packages"
  install -m 755 "$work/from/$program" "$root/$program"
  [ "$program" != bin/busybox ] || continue
  listed=$("$work/from/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" --list "$work/from/$program") ||
    fail "$program needs a library that is in none of the packages"
  while read -r name _ found _; do
    case "$found" in
      "$work"/*) [ -e "$root/usr/lib/x86_64-linux-gnu/$name" ] || install -m 644 "$found" "$root/usr/lib/x86_64-linux-gnu/$name" ;;
      /*) fail "$program needs $name, which is in none of the packages" ;;
    esac
  done < <(grep '=> ' <<<"$listed" | grep -v ld-linux)
done < <(contents package)
for applet in $("$root/bin/busybox" --list); do
  [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
for name in modprobe insmod rmmod lsmod depmod modinfo; do ln -s ../bin/kmod "$root/sbin/$name"; done

# Modules with all that they need, in the order of a list that is sorted
release=${image#linux-image-}
modules=$work/from/lib/modules/$release
packaged depmod bin/kmod -b "$work/from" "$release"
contents modules | cut -d' ' -f1 | while read -r name; do
  [ ! -e "$modules/kernel/$name" ] || find "$modules/kernel/$name" -name '*.ko'
done | sed "s|^$modules/||" >"$work/wanted"
awk -F': *' 'NR == FNR { needs[$1] = $2; next }
  function add(name,  all, count, i) {
    if (seen[name]++) return
    print name
    count = split(needs[name], all, " ")
    for (i = 1; i <= count; i++) add(all[i])
  }
  { add($1) }' "$modules/modules.dep" "$work/wanted" | sort >"$work/modules"
while read -r name; do install -D -m 644 "$modules/$name" "$root/usr/lib/modules/$release/$name"; done <"$work/modules"
cp "$modules"/modules.{order,builtin,builtin.modinfo} "$root/usr/lib/modules/$release/"
packaged depmod bin/kmod -b "$root" "$release"

# The certificates that HTTPS is believed by, and what the machine is to do
{
  find "$work/from/usr/share/ca-certificates" -name '*.crt' | sort | xargs cat
  [ -z "$authority" ] || cat "$authority"
} >"$root/etc/ssl/certs/ca-certificates.crt"
cp -R "$here"/{agent,parts,images} "$root/contractor/"
install -m 755 "$here/init" "$root/init"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"

mkdir -p "$output"
output=$(cd "$output" && pwd)
find "$root" -exec chmod u=rwX,go=rX {} + -exec touch --no-dereference --date=@0 {} +
(cd "$root" && find . -mindepth 1 | sort |
  packaged cpio bin/cpio --create --quiet --reproducible --format=newc --owner=0:0) >"$work/initrd"
packaged zstd usr/bin/zstd --quiet -9 --single-thread --no-progress -c "$work/initrd" >"$work/initrd.zst"

install -m 644 "$work/from/boot/vmlinuz-$release" "$output/contractor.vmlinuz"
install -m 644 "$work/initrd.zst" "$output/contractor.initrd"
sort "$work/versions" >"$output/contractor.packages"
for name in utility bootstrap set-rtc linux-installer disk-wipe firmware; do
  ln -sf contractor.vmlinuz "$output/$name.vmlinuz"
  ln -sf contractor.initrd "$output/$name.initrd"
done
(cd "$output" && sha256sum contractor.vmlinuz contractor.initrd)
