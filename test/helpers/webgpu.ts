/** A WebGPU device for tests: the machine's own, else the software device that Chromium brings along. */
import { existsSync } from 'node:fs';

const softwareDevices = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'];

/** Variables under which Vulkan finds a device; null where none is known. `PARENCHYMA_VULKAN` names another driver's file. */
export function vulkanEnvironment(): Record<string, string> | null {
  const named = process.env.PARENCHYMA_VULKAN ?? process.env.VK_ICD_FILENAMES;
  const found = named ?? softwareDevices.find((path) => existsSync(path));
  return found === undefined ? null : { VK_ICD_FILENAMES: found };
}
