/** The resource files of the platforms: blueprints for their foundations, and what goes with them. */
export const platformResources: readonly URL[] = [
  new URL('./docker/resources/docker.toml', import.meta.url),
  new URL('./manual/resources/manual.toml', import.meta.url),
  new URL('./libvirt/resources/libvirt.toml', import.meta.url),
  new URL('./test/resources/test.toml', import.meta.url),
  new URL('./virtualbox/resources/virtualbox.toml', import.meta.url),
  new URL('./vcenter/resources/vcenter.toml', import.meta.url),
  new URL('./proxmox/resources/proxmox.toml', import.meta.url),
  new URL('./ipmi/resources/ipmi.toml', import.meta.url),
  new URL('./redfish/resources/redfish.toml', import.meta.url),
  new URL('./amt/resources/amt.toml', import.meta.url),
  new URL('./vcenter/resources/vmware.toml', import.meta.url),
];
