#!/usr/bin/env bash
# Makes a small mirror of Debian 12 in a folder: of what the installer and a plain system need, with kernel and initrd of the
# installer beside it; or of a plain system and the packages that are named, without the installer. All of it is fetched by apt
# from where this machine has its packages; what is there is not fetched again. Packages that cannot be had are listed in
# FOLDER/missing, and the mirror does without them.
# make-mirror.sh FOLDER [PACKAGE...]
set -euo pipefail
folder=$(realpath -m "$1")
shift
suite=bookworm
origin=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
mkdir -p "$folder"/apt/{lists/partial,archives/partial} "$folder"/mirror/{debs,udebs} "$folder"/installer
: > "$folder/apt/status"
echo "deb $origin $suite main main/debian-installer" > "$folder/apt/sources.list"
options=(-o "Dir::State::lists=$folder/apt/lists" -o "Dir::Etc::sourcelist=$folder/apt/sources.list"
  -o Dir::Etc::sourceparts=/dev/null -o "Dir::Cache=$folder/apt" -o "Dir::State::status=$folder/apt/status"
  -o APT::Sandbox::User=root -o Acquire::Languages=none -q)
apt-get "${options[@]}" update > "$folder/apt/update.log"
index() { /usr/lib/apt/apt-helper cat-file "$(find "$folder/apt/lists" -name "*$1_binary-amd64_Packages*" | head -n 1)"; }

# Names of packages that apt would install, with all that they need.
installs() {
  apt-get "${options[@]}" --print-uris -y install "$@" | awk -F"'" '/^.http/ { print $2 }' |
    sed 's|.*/||; s|_.*||; s|%2b|+|g' | sort -u > "$folder/apt/debs"
}
# A plain system: what is required and important, a kernel, a boot loader, and what the installer adds by itself.
index bookworm_main | awk -v RS= '/\nPriority: (required|important)(\n|$)/ { sub(/^Package: /, ""); print $1 }' > "$folder/apt/base"
base=$(cat "$folder/apt/base")
# shellcheck disable=SC2086 # Names of packages are words.
if [ $# -gt 0 ]; then
  installs $base "$@"
  : > "$folder/apt/udebs"
  what="packages of a system"
else
  installs $base linux-image-amd64 grub-pc openssh-server tasksel console-setup keyboard-configuration locales \
    installation-report laptop-detect discover popularity-contest busybox zstd initramfs-tools eject sudo
  # The modules that a netboot loads are those of its kernel, the newest there is.
  kernel=$(index main_debian-installer | awk '/^Kernel-Version: / { print $2 }' | sort -V | tail -n 1)
  index main_debian-installer | awk -v RS= -v kernel="$kernel" '
    !/\nKernel-Version: / || $0 ~ "\nKernel-Version: " kernel "(\n|$)" { sub(/^Package: /, ""); print $1 }' > "$folder/apt/udebs"
  echo debian-installer-12-netboot-amd64 > "$folder/apt/netboot"
  what="kernel $kernel"
fi

: > "$folder/missing"
fetch() { # LIST INTO
  cd "$2"
  for name in $(cat "$folder/apt/$1"); do
    compgen -G "${name}_*" > /dev/null || echo "$name"
  done > "$folder/apt/wanted"
  # One that cannot be had does not keep the others away.
  xargs -r -n 50 apt-get "${options[@]}" download < "$folder/apt/wanted" > "$folder/apt/download.log" 2>&1 || true
  for name in $(cat "$folder/apt/wanted"); do
    compgen -G "${name}_*" > /dev/null || echo "$name" >> "$folder/missing"
  done
  # A mirror has no epochs in the names of its files.
  for file in *_*%3a*; do
    [ ! -e "$file" ] || mv "$file" "$(sed 's|_[0-9]*%3a|_|' <<< "$file")"
  done
}
fetch udebs "$folder/mirror/udebs"
fetch debs "$folder/mirror/debs"

if [ $# = 0 ]; then
  fetch netboot "$folder/installer"
  dpkg-deb --fsys-tarfile debian-installer-12-netboot-amd64_*.deb | tar -x --strip-components=10 --wildcards \
    '*/text/debian-installer/amd64/linux' '*/text/debian-installer/amd64/initrd.gz'
fi

cd "$folder/mirror"
for kind in debs udebs; do
  part=main/binary-amd64
  [ "$kind" = debs ] || part=main/debian-installer/binary-amd64
  mkdir -p "dists/$suite/$part"
  dpkg-scanpackages -m -t "${kind%s}" "$kind" > "dists/$suite/$part/Packages" 2> "$folder/apt/scan.log"
  gzip -9nkf "dists/$suite/$part/Packages"
  printf 'Archive: oldstable\nComponent: main\nArchitecture: amd64\n' > "dists/$suite/$part/Release"
done
cd "dists/$suite"
files=$(find main -type f | sort)
{
  printf 'Origin: Debian\nLabel: Debian\nSuite: oldstable\nVersion: 12\nCodename: %s\nArchitectures: amd64\nComponents: main\n' "$suite"
  printf 'Date: %s\nSHA256:\n' "$(LC_ALL=C date -Ru)"
  for file in $files; do printf ' %s %16d %s\n' "$(sha256sum < "$file" | cut -c1-64)" "$(stat -c %s "$file")" "$file"; done
} > Release
ln -sfn "$suite" ../oldstable
echo "$what; $(ls "$folder/mirror/debs" | wc -l) packages, $(ls "$folder/mirror/udebs" | wc -l) of the installer; $(wc -l < "$folder/missing") cannot be had"
