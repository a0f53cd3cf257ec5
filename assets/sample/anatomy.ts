import type { RandomSource } from './random.ts';

/**
 * One synthetic patient. Lengths are millimetres in the patient's own axes: x to the patient's left, y to the back, z to the
 * head; the origin lies in the middle of the chest at the level of the lung apex. Ranges are those of adults in anatomy texts.
 */
export interface Anatomy {
  /** Key of all textures of this patient. */
  textureSeed: number;
  female: boolean;
  ageYears: number;
  /** Half width and half depth of the chest at mid level. */
  bodyHalfWidth: number;
  bodyHalfDepth: number;
  /** Thickness of the fat under the skin and of the muscle over the ribs. */
  fat: number;
  muscle: number;
  /** How far the breasts stand out; 0 in men. */
  breast: number;
  /** From the apex to the dome of the right diaphragm. */
  lungHeight: number;
  /** Angle by which the patient lies turned on the table, radians. */
  roll: number;
  offsetX: number;
  offsetY: number;
  /** Height of the table's surface in the scanner's axes. */
  tableTop: number;
  /** Mean lung density in HU and its increase from front to back (gravity). */
  lungDensity: number;
  gravityGradient: number;
  heartScale: number;
  aortaRadius: number;
  tracheaRadius: number;
  /** Half the width of the mediastinum above the heart. */
  mediastinum: number;
  /** Distance between neighbouring ribs along the body axis and how far each drops from back to front. */
  ribSpacing: number;
  ribDrop: number;
  ribPhase: number;
  boneDensity: number;
}

export function drawAnatomy(random: RandomSource): Anatomy {
  const female = random.chance(0.5);
  const size = random.between(0.96, 1.04) * (female ? 0.95 : 1);
  const fat = random.between(9, female ? 15 : 13);
  const muscle = random.between(9, 14) * (female ? 0.85 : 1);
  const chestHalfWidth = 128 * size * random.between(0.97, 1.03);
  const chestHalfDepth = 90 * size * random.between(0.97, 1.05);
  const ageYears = random.integer(28, 86);
  const bodyHalfDepth = Math.min(chestHalfDepth + 0.75 * (fat + muscle), 124);
  const offsetY = random.between(-6, 8);
  return {
    textureSeed: random.integer(1, 1_000_000),
    female,
    ageYears,
    bodyHalfWidth: Math.min(chestHalfWidth + fat + muscle, 168),
    bodyHalfDepth,
    fat,
    muscle,
    breast: female ? random.between(6, 16) : 0,
    lungHeight: 218 * size * random.between(0.9, 1.1),
    roll: random.between(-0.06, 0.06),
    offsetX: random.between(-7, 7),
    offsetY,
    tableTop: bodyHalfDepth * 0.94 + offsetY + 5,
    lungDensity: random.between(-872, -828),
    gravityGradient: random.between(25, 60),
    heartScale: random.between(0.9, 1.1),
    aortaRadius: 9.5 + ageYears * 0.05 + random.between(-1, 1),
    tracheaRadius: random.between(7, 9.5),
    mediastinum: random.between(27, 35),
    ribSpacing: random.between(23, 28),
    ribDrop: random.between(72, 96),
    ribPhase: random.next(),
    boneDensity: 620 - ageYears * 3 + random.between(-60, 60),
  };
}
