#!/bin/sh
# The installer of Debian 12 (netboot image 20230607+deb12u15, cdebconf): a command of a preseed (`preseed/late_command`) that has
# `\n` in it, as `printf 'one\ntwo'` has, is cut off there. cdebconf keeps the two characters, gives them out as a new line, and
# `preseed_command` reads one line. What is before it is run, be it half a command; nothing says that there was more. `\t` comes
# through as it stands, and `\\n` is cut off as well, behind its first backslash. Octal numbers (`\012`) arrive whole.
#
# Seen, of what `preseed_command` takes for the command:
#   printf 'one\ttwo\n' >> /tmp/ran   ->  printf 'one\ttwo
#   printf 'one\ttwo\\n' >> /tmp/ran  ->  printf 'one\ttwo\
#   printf 'one\011two\012' >> /tmp/ran  ->  the same
#
# Needs Debian 12 on amd64 with apt, and root: the programs of the installer are run in its own root folder. Downloads 133 MB.
# Exits 1 where it behaves otherwise.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq debian-installer-12-netboot-amd64=20230607+deb12u15 cpio 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
mkdir root
cpio=$(find "$folder/bin" "$folder/usr/bin" -name cpio 2>/dev/null | head -n 1)
zcat usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/initrd.gz | (cd root && "$cpio" -idm --quiet --no-preserve-owner)
[ -c root/dev/null ] || { rm -f root/dev/null && mknod -m 666 root/dev/null c 1 3; }
mkdir -p root/var/lib/preseed

cat > root/tmp/command <<'END'
#!/bin/sh
. /usr/share/debconf/confmodule
db_get preseed/late_command
printf '%s\n' "$RET" > /tmp/got
END
chmod 755 root/tmp/command
chroot root /bin/sh -c 'for one in /var/lib/dpkg/info/*.templates; do debconf-loadtemplate debian-installer "$one"; done'

# taken COMMAND: what the installer takes for the command that a preseed gives it.
taken() {
  printf 'd-i preseed/late_command string %s\n' "$1" > root/tmp/preseed
  chroot root debconf-set-selections /tmp/preseed
  chroot root /tmp/command
  cat root/tmp/got
}
grep -q '^db_get "$ct"$' root/bin/preseed_command && grep -q '^command="$RET"$' root/bin/preseed_command

new_line=$(taken 'printf '\''one\ttwo\n'\'' >> /tmp/ran')
doubled=$(taken 'printf '\''one\ttwo\\n'\'' >> /tmp/ran')
octal=$(taken 'printf '\''one\011two\012'\'' >> /tmp/ran')
printf '%s\n' "$new_line" "$doubled" "$octal"
[ "$new_line" = "printf 'one\\ttwo" ]
[ "$doubled" = "printf 'one\\ttwo\\" ]
[ "$octal" = "printf 'one\\011two\\012' >> /tmp/ran" ]
