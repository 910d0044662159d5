#!/usr/bin/env bash
# Runs two clients of Redfish that others have written against the service that the tests have for one: whether it is one.
# Needs Debian's python3-sushy and redfishtool.
set -euo pipefail
cd "$(dirname "$0")/.."

python=/usr/bin/python3
"$python" -c 'import sushy' 2>/dev/null || { echo "install python3-sushy" >&2; exit 1; }
command -v redfishtool >/dev/null || { echo "install redfishtool" >&2; exit 1; }

address=$(mktemp)
node --conditions=development --import ./scripts/typescript.mjs --input-type=module -e "
  const { startRedfishService } = await import('$PWD/libs/platforms/test/redfish-service.ts');
  console.log((await startRedfishService()).port);
" >"$address" &
service=$!
trap 'kill "$service"; rm -f "$address"' EXIT
until [ -s "$address" ]; do
  kill -0 "$service"
  sleep 0.1
done
port=$(cat "$address")

"$python" - "$port" <<'PYTHON'
import sys
import sushy

url = f'http://127.0.0.1:{sys.argv[1]}/redfish/v1'
service = sushy.Sushy(url, auth=sushy.auth.BasicAuth('admin', 'secret'))
system = service.get_system('/redfish/v1/Systems/1')
assert system.power_state == sushy.PowerState.OFF, system.power_state
system.set_system_boot_options(sushy.BootSource.PXE, enabled=sushy.BootSourceOverrideEnabled.ONCE)
system.refresh(force=True)
assert system.boot.target == sushy.BootSource.PXE, system.boot
system.reset_system(sushy.ResetType.ON)
system.refresh(force=True)
assert system.power_state == sushy.PowerState.ON, system.power_state
assert system.boot.enabled == sushy.BootSourceOverrideEnabled.DISABLED, system.boot
system.reset_system(sushy.ResetType.FORCE_OFF)
system.bios.set_attribute('NumLock', 'Off')
system.bios.refresh(force=True)
assert system.bios.pending_attributes == {'NumLock': 'Off'}, system.bios.pending_attributes
(manager,) = system.managers
(drive,) = manager.virtual_media.get_members()
drive.insert_media('http://static/rescue.iso')
drive.refresh(force=True)
assert drive.inserted and drive.image == 'http://static/rescue.iso'
drive.eject_media()
drive.refresh(force=True)
assert not drive.inserted
names = sorted(one.name for one in service.get_update_service().firmware_inventory.get_members())
# It reads the first page of a collection alone.
assert names == ['System BIOS'], names
sessions = sushy.Sushy(url, auth=sushy.auth.SessionAuth('admin', 'secret'))
assert sessions.get_system('/redfish/v1/Systems/1').power_state == sushy.PowerState.OFF
try:
    sushy.Sushy(url, auth=sushy.auth.BasicAuth('admin', 'wrong')).get_system('/redfish/v1/Systems/1')
    raise SystemExit('a wrong password was taken')
except sushy.exceptions.AccessError:
    pass
print('sushy is content')
PYTHON

tool() { redfishtool -r "127.0.0.1:$port" -S Never -u admin -p secret "$@"; }
tool Systems -I 1 reset On >/dev/null
tool Systems -I 1 get | grep '"PowerState": "On"' >/dev/null
tool Systems -I 1 setBootOverride Once Pxe >/dev/null
tool Systems -I 1 get | grep '"BootSourceOverrideTarget": "Pxe"' >/dev/null
tool Systems -I 1 reset ForceOff >/dev/null
tool Systems -I 1 get | grep '"PowerState": "Off"' >/dev/null
echo "redfishtool is content"
