#!/usr/bin/env bash
# Installs Debian 12 from a mirror that make-mirror.sh has made (FOLDER/mirror), and makes an image of a disk of it that boots
# with BIOS: FOLDER/debian.raw.zst. It has a kernel, GRUB, systemd, SSH and cloud-init, and nothing is set up in it.
# make-image.sh FOLDER PACKAGE...; needs mmdebstrap, mke2fs, zstd, and to be root.
set -euo pipefail
folder=$(realpath "$1")
shift
root=$folder/root
rm -rf "$root" "$folder"/debian.raw*
packages=$(IFS=,; echo "$*")
mmdebstrap --mode=root --variant=important --include="$packages" bookworm "$root" \
  "deb [trusted=yes] copy:$folder/mirror bookworm main" > "$folder/mmdebstrap.log" 2>&1 ||
  { tail -n 20 "$folder/mmdebstrap.log" >&2; exit 1; }

# It is told where packages are once it is a machine; the mirror is signed by nobody.
rm -f "$root"/etc/apt/sources.list.d/*
: > "$root/etc/apt/sources.list"
echo 'Acquire::AllowInsecureRepositories "true"; APT::Get::AllowUnauthenticated "true";' > "$root/etc/apt/apt.conf.d/90unsigned"
echo 'LABEL=system / ext4 errors=remount-ro 0 1' > "$root/etc/fstab"
# As images of Debian have it; cloud-init would want en_US.UTF-8, which nobody has made.
echo 'LANG=C.UTF-8' > "$root/etc/default/locale"
: > "$root/etc/machine-id"
mkdir -p "$root/boot/grub"
cat > "$root/boot/grub/grub.cfg" <<'TEXT'
serial --unit=0 --speed=115200
terminal_output serial console
linux /vmlinuz root=LABEL=system ro console=ttyS0,115200 net.ifnames=0
initrd /initrd.img
boot
TEXT
chroot "$root" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /tmp/core.img \
  biosdisk part_msdos ext2 normal configfile linux serial terminal echo

# A table with one partition, boot code and GRUB before it.
image=$folder/debian.raw
size=$(($(du -sm "$root" | cut -f1) * 5 / 4 + 100))
truncate --size "$((size + 1))M" "$image"
echo 'start=2048, type=83, bootable' | sfdisk --quiet "$image"
dd if="$root/usr/lib/grub/i386-pc/boot.img" of="$image" bs=446 count=1 conv=notrunc status=none
dd if="$root/tmp/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none
rm "$root/tmp/core.img"
mke2fs -q -t ext4 -L system -E offset=1048576 -d "$root" "$image" "${size}M"
zstd -q -3 -T2 "$image"
echo "$(chroot "$root" dpkg-query -W -f '.' | wc -c) packages are installed; $size MiB, $(($(stat -c %s "$image.zst") / 1048576)) MiB compressed"
