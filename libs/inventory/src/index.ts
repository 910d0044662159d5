export { InventoryModule } from './inventory.module.ts';
export { inventorySettings } from './inventory.settings.ts';
