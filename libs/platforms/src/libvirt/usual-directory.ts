/** Where files of disks are made unless it is said: where the first Contractor has had them. */
export const USUAL_DIRECTORY = '/var/lib/libvirt/t3kton';
