#!/usr/bin/env bash
# Makes a small mirror of Debian 12 in a folder: what the installer and a plain system need, fetched by apt as the machine
# that runs this gets its packages. What is there already is not fetched again.
# make-mirror.sh FOLDER
set -euo pipefail
folder=$(realpath -m "$1")
suite=bookworm
# Where this machine has its packages from.
origin=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
mkdir -p "$folder"/apt/{lists/partial,archives/partial} "$folder"/mirror/{debs,udebs}
: > "$folder/apt/status"
echo "deb $origin $suite main main/debian-installer" > "$folder/apt/sources.list"
apt() {
  "$1" -o Dir::State::lists="$folder/apt/lists" -o Dir::Etc::sourcelist="$folder/apt/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Cache="$folder/apt" -o Dir::State::status="$folder/apt/status" \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::GzipIndexes=false -q "${@:2}"
}
apt apt-get update

# The kernel of the installer that a netboot brings is that of its modules.
packages=$(find "$folder/apt/lists" -name '*_main_debian-installer_binary-amd64_Packages*' | head -n 1)
kernel=$(/usr/lib/apt/apt-helper cat-file "$packages" | awk '/^Kernel-Version: / { print $2 }' | sort -V | tail -n 1)
/usr/lib/apt/apt-helper cat-file "$packages" | awk -v RS= -v kernel="$kernel" '
  !/\nKernel-Version: / || $0 ~ "\nKernel-Version: " kernel "(\n|$)" { sub(/^Package: /, ""); print $1 }' > "$folder/apt/udebs"

# A plain system: what is required and important, a kernel, a boot loader and what the installer adds by itself.
packages=$(find "$folder/apt/lists" -name '*_main_binary-amd64_Packages*' | head -n 1)
/usr/lib/apt/apt-helper cat-file "$packages" | awk -v RS= '/\nPriority: (required|important)(\n|$)/ { sub(/^Package: /, ""); print $1 }' \
  > "$folder/apt/base"
apt apt-get --print-uris -y install $(cat "$folder/apt/base") linux-image-amd64 grub-pc openssh-server tasksel \
  console-setup keyboard-configuration locales installation-report laptop-detect discover popularity-contest busybox zstd \
  initramfs-tools eject sudo > "$folder/apt/uris"
awk -F"'" '/^.http/ { print $2 }' "$folder/apt/uris" | sed 's|.*/||; s|_.*||' | sort -u > "$folder/apt/debs"

for kind in udebs debs; do
  (cd "$folder/mirror/$kind" && xargs -n 200 < "$folder/apt/$kind" | while read -r names; do apt apt-get download $names; done)
done

cd "$folder/mirror"
for kind in debs udebs; do
  [ "$kind" = debs ] && part=main/binary-amd64 || part=main/debian-installer/binary-amd64
  mkdir -p "dists/$suite/$part"
  dpkg-scanpackages -m -t "${kind%s}" "$kind" /dev/null > "dists/$suite/$part/Packages" 2> "$folder/apt/scan.log"
  gzip -9nkf "dists/$suite/$part/Packages"
done
cd "dists/$suite"
files=$(find main -type f | sort)
{
  printf 'Origin: Debian\nLabel: Debian\nSuite: oldstable\nVersion: 12\nCodename: %s\nArchitectures: amd64\nComponents: main\nDate: %s\nSHA256:\n' \
    "$suite" "$(LC_ALL=C date -Ru)"
  for file in $files; do printf ' %s %16d %s\n' "$(sha256sum < "$file" | cut -c1-64)" "$(stat -c %s "$file")" "$file"; done
} > Release
ln -sfn "$suite" ../stable
echo "kernel $kernel; $(ls "$folder/mirror/debs" | wc -l) packages, $(ls "$folder/mirror/udebs" | wc -l) of the installer; $(du -sh "$folder/mirror" | cut -f1)"
