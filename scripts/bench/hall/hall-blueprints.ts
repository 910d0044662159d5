/**
 * What the machines of a hall are, as resources: like those that come with the server, without their pauses of a minute. A
 * machine is ready as soon as it is known and off; its disks are wiped when it is taken down.
 */
export const BLUEPRINTS = `sflinks = [['system', 'metal']]
[script.metal-create]
description = 'See that it is off'
script = '''
begin( description="See that it is off" )
  foundation.wait_for_poweroff()
end
'''
[script.metal-destroy]
description = 'Wipe the disks'
script = '''
begin( description="Wipe the disks" )
  foundation.power_off()
  signaling.reset( pxe_name="disk-wipe" )
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="disk-wipe" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="normal-boot" )
end
'''
[script.system-create]
description = 'Write an image, and boot it'
script = '''
begin( description="Install" )
  foundation.wait_for_poweroff()
  signaling.reset( pxe_name="linux-installer" )
  dhcp.set_pxe( interface=structure.provisioning_interface, pxe="linux-installer" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=structure.provisioning_interface, pxe="normal-boot" )
  foundation.power_on()
end
begin( description="Wait until it answers" )
  iputils.wait_for_port( target=structure.primary_ip, port=22 )
end
'''
[script.system-destroy]
description = 'Switch it off'
script = '''
begin( description="Switch it off" )
  foundation.power_off()
end
'''
[foundation.metal]
description = 'A server with two disks'
foundation_types = ['IPMI']
physical_interface_names = ['eth0']
template = { disks = { min = 2 } }
scripts = { create = 'metal-create', destroy = 'metal-destroy' }
[structure.system]
description = 'A small system'
config_values = { os_image = 'tiny' }
scripts = { create = 'system-create', destroy = 'system-destroy' }
`;
