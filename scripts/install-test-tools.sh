#!/usr/bin/env bash
# Makes sure that the programs the tests need beyond npm are here. Says nothing when none is missing.
set -euo pipefail

# One line for each: the program, or a file, and the Debian package that has it.
tools='
nats-server nats-server
ping        iputils-ping
named       bind9
rndc        bind9-utils
dig         bind9-dnsutils
sshd        openssh-server
snmpd       snmpd
ipmitool    ipmitool
ipmi_sim    openipmi
curl        curl
openssl     openssl
python3     python3
script      bsdutils
zsh         zsh
fish        fish
chromium    chromium
virsh       libvirt-clients
libvirtd    libvirt-daemon
qemu-img    qemu-utils
qemu-system-x86_64 qemu-system-x86
tini        tini
ip          iproute2
unshare     util-linux
kea-dhcp4   kea-dhcp4-server
kea-dhcp6   kea-dhcp6-server
radvd       radvd
dnsmasq     dnsmasq-base
squid       squid
busybox     busybox-static
jq          jq
/usr/lib/ipxe/snponly.efi ipxe
/usr/share/OVMF/OVMF_CODE_4M.fd ovmf
syslinux    syslinux
/usr/lib/syslinux/mbr/mbr.bin syslinux-common
mcopy       mtools
mkfs.fat    dosfstools
zstd        zstd
dockerd     docker.io
podman      podman
/usr/lib/podman/netavark netavark
runc        runc
nsenter     util-linux
go          golang-go
/usr/share/gocode/src/github.com/vmware/govmomi/simulator/simulator.go golang-github-vmware-govmomi-dev
'

# Debian puts some daemons where only root looks.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing_programs=()
missing_packages=()
look() {
  missing_programs=()
  missing_packages=()
  while read -r program package; do
    if [ -n "$program" ] && ! command -v "$program" >/dev/null && [ ! -f "$program" ]; then
      missing_programs+=("$program")
      missing_packages+=("$package")
    fi
  done <<<"$tools"
}

# The words that make a command run as root; fails where that needs a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo --non-interactive "$@"
  fi
}

can_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null; }
}

by_hand() {
  {
    echo "The tests need programs that are not installed: ${missing_programs[*]}"
    echo "On Debian and Ubuntu: sudo apt-get update && sudo apt-get install --no-install-recommends ${missing_packages[*]}"
    echo "Elsewhere: install ${missing_programs[*]} so that they are found on the PATH."
  } >&2
  exit 1
}

# What the boot image of the tests is made of is kept beside what else they make.
boot_image_packages() {
  "$(dirname "$0")/build-boot-image.sh" --kernel cloud-amd64 --packages node_modules/.cache/boot-image --download ||
    echo "test/boot-image.spec.ts and test/bare-metal.spec.ts are going to fail: they build the boot image of these packages" >&2
}

look
if [ ${#missing_programs[@]} -eq 0 ]; then
  boot_image_packages
  exit 0
fi
can_install || by_hand

# Packages of servers start them, and have them start with the machine: the tests start their own.
policy=/usr/sbin/policy-rc.d
made_policy=
cleanup() {
  [ -z "$made_policy" ] || as_root rm -f "$policy"
}
trap cleanup EXIT
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  made_policy=yes
  as_root chmod 755 "$policy"
fi

echo "Installing what the tests need: ${missing_packages[*]}"
as_root apt-get update -qq || echo "apt-get update failed; trying with the package lists that are here" >&2
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -qq --yes --no-install-recommends "${missing_packages[@]}" >/dev/null || by_hand
if command -v systemctl >/dev/null; then
  for package in "${missing_packages[@]}"; do
    case "$package" in
      docker.io) as_root systemctl disable --quiet docker docker.socket containerd 2>/dev/null || true ;;
      bind9) as_root systemctl disable --quiet named 2>/dev/null || true ;;
      nats-server) as_root systemctl disable --quiet nats-server 2>/dev/null || true ;;
      openipmi) as_root systemctl disable --quiet openipmi 2>/dev/null || true ;;
      openssh-server) as_root systemctl disable --quiet ssh 2>/dev/null || true ;;
      snmpd) as_root systemctl disable --quiet snmpd 2>/dev/null || true ;;
      kea-dhcp*) as_root systemctl disable --quiet "$package" 2>/dev/null || true ;;
      radvd) as_root systemctl disable --quiet radvd 2>/dev/null || true ;;
    esac
  done
fi

look
[ ${#missing_programs[@]} -eq 0 ] || by_hand
boot_image_packages
